/** Several endpoints of one chain that are used like a single one. A request goes to an endpoint that has what is asked for and is not in
 * trouble. If no good answer comes, it goes to another endpoint. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import { sourceError } from '../errors.ts';
import type { AttributeForm } from './attributes.ts';
import type { Answer } from './caller.ts';
import { CircuitOpenError, type Endpoint } from './endpoint.ts';
import { atRoute } from './endpoint-address.ts';
import { RpcRefusal, TransientError, unreachable } from './failures.ts';
import { type Finding, findingOf, isUnanswerable } from './findings.ts';
import { isNotThere } from './refusals.ts';

/** Longest wait for an endpoint that is resting, in milliseconds. It is longer than the longest Retry-After that is obeyed. An endpoint
 * that rests longer is treated as gone. */
const LONGEST_WAIT_MS = 125_000;

export interface Question {
  readonly route: string;
  /** Says which endpoints have what is asked for; undefined means all. */
  readonly where?: ((endpoint: Endpoint) => boolean) | undefined;
  /** Says which endpoints may have got it since. They are asked if those that have it are in trouble or gave wrong answers. */
  readonly perhaps?: ((endpoint: Endpoint) => boolean) | undefined;
  /** The endpoint that is asked first, unless it is in trouble, so that facts that belong together come from the same node. */
  readonly prefer?: Endpoint | undefined;
  readonly except?: readonly Endpoint[] | undefined;
  /** True if the caller can do without the answer. Then there are few tries, and a failure says nothing about the endpoint. */
  readonly isExtra?: boolean | undefined;
  /** True if even the first try bypasses caches and uses a new connection, because an earlier answer to this question was refuted. */
  readonly isFresh?: boolean | undefined;
  /** True if the caller itself asks again when an endpoint says that it does not have the answer. */
  readonly isTentative?: boolean | undefined;
  /** Checks an answer.
   * @throws BaleenError of kind data if the answer can't be right; it then counts as a wrong answer of the endpoint */
  readonly check?: ((result: unknown, endpoint: Endpoint) => void) | undefined;
}

export interface PoolAnswer extends Answer {
  readonly by: Endpoint;
  /** How the answer writes the attributes of events. */
  readonly attributes: AttributeForm;
}

type Findings = Map<Endpoint, Finding>;

interface Failure {
  readonly endpoint: Endpoint;
  readonly error: unknown;
  readonly earlier: Finding | undefined;
  readonly begunAt: number;
}

export interface PoolHooks {
  /** Asks an endpoint that could not be reached before which heights it has. It never throws. */
  revive(endpoint: Endpoint, signal: AbortSignal): Promise<void>;
  /** Returns true if an endpoint is still the same node as at its description. While it is read, a node may be replaced by one of another
   * version, whose answers then look wrong.
   * @throws BaleenError of kind source, `SOURCE_CHANGED`: it is another node, and there is no other endpoint */
  isSame(endpoint: Endpoint): Promise<boolean>;
}

const NO_HOOKS: PoolHooks = { revive: async () => undefined, isSame: async () => true };

export class EndpointPool {
  /** At least one. */
  readonly endpoints: readonly Endpoint[];
  private readonly hooks: PoolHooks;
  private readonly closing = new AbortController();
  private readonly reviving = new Set<Endpoint>();
  private readonly lastTurn = new Map<Endpoint, number>();
  private turn = 0;

  constructor(endpoints: readonly Endpoint[], hooks: PoolHooks = NO_HOOKS) {
    this.endpoints = endpoints;
    this.hooks = hooks;
  }

  /** Asks endpoints until one gives a good answer.
   * @throws RpcRefusal if each endpoint refuses; BaleenError of kind data, `SOURCE_HEIGHT_REFUSED`, if none can answer for this height;
   *   otherwise a BaleenError that says what happened at each endpoint */
  ask(question: Question, signal?: AbortSignal): Promise<PoolAnswer> {
    return this.run(question, signal, async (endpoint, isFresh) => {
      const answer = await endpoint.transport.ask(question.route, {
        signal,
        isFresh: isFresh || question.isFresh,
      });
      question.check?.(answer.result, endpoint);
      return { ...answer, by: endpoint, attributes: endpoint.attributesOf(answer.result) };
    });
  }

  /** Asks like `ask`, and yields an answer of any length in chunks. After the answer has begun, it is not asked for again. */
  async *stream(question: Question, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let url = question.route;
    const chunks = await this.run(question, signal, (endpoint) => {
      url = atRoute(endpoint.address, question.route);
      return endpoint.transport.stream(question.route, signal);
    });
    try {
      yield* chunks;
    } catch (error) {
      throw error instanceof TransientError ? unreachable(url, error.message, error) : error;
    }
  }

  /** Returns the least busy endpoint that is not in trouble; undefined if there is none. */
  choose(where: (endpoint: Endpoint) => boolean): Endpoint | undefined {
    const now = performance.now();
    const usable = this.endpoints.filter((each) => each.refused === undefined && each.breaker.until <= now);
    const chosen = this.leastBusy(usable.filter(where));
    if (chosen !== undefined) this.lastTurn.set(chosen, this.turn++);
    return chosen;
  }

  /** See `PoolHooks.isSame`. */
  isSame(endpoint: Endpoint): Promise<boolean> {
    return this.hooks.isSame(endpoint);
  }

  /** Ends the background work, such as revivals of endpoints. */
  close(): void {
    this.closing.abort();
  }

  /** Marks an endpoint whose answer was refuted. It is not asked for a long time, if there is another endpoint. */
  penalise(endpoint: Endpoint, reason: string): void {
    const others = this.endpoints.filter((other) => other !== endpoint && other.refused === undefined);
    const isNear = ({ breaker }: Endpoint): boolean => breaker.until - performance.now() <= LONGEST_WAIT_MS;
    if (others.some(isNear)) endpoint.breaker.recordLie(reason);
  }

  private async run<Result>(
    question: Question,
    signal: AbortSignal | undefined,
    work: (endpoint: Endpoint, isFresh: boolean) => Promise<Result>,
  ): Promise<Result> {
    const findings: Findings = new Map();
    for (;;) {
      const endpoint = await this.chooseFor(question, findings, signal);
      this.lastTurn.set(endpoint, this.turn++);
      const begunAt = performance.now();
      const earlier = findings.get(endpoint);
      try {
        const result = await work(endpoint, earlier !== undefined);
        endpoint.breaker.answered();
        endpoint.answered(question.route, begunAt);
        if (saidNo(earlier)) endpoint.hasErred(question.route);
        return result;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof CircuitOpenError) continue;
        if (isData(error) && !(await this.isSame(endpoint))) continue;
        findings.set(endpoint, await this.learn(question, { endpoint, error, earlier, begunAt }, signal));
      }
    }
  }

  /** Waits until an endpoint may be asked, and returns it. If only endpoints with wrong answers are left, they are asked again, since their
   * answers will be proved again. */
  private async chooseFor(question: Question, findings: Findings, signal?: AbortSignal): Promise<Endpoint> {
    for (;;) {
      this.reviveSome();
      const able = this.candidates(question, findings);
      const restOf = (endpoint: Endpoint): number =>
        Math.max(endpoint.breaker.until, findings.get(endpoint)?.notBefore ?? 0) - performance.now();
      const near = able.filter((endpoint) => restOf(endpoint) <= LONGEST_WAIT_MS);
      const pardoned = near.length > 0 ? undefined : this.leastBusy(able);
      pardoned?.breaker.reset();
      const ready = near.filter((endpoint) => restOf(endpoint) <= 0);
      const preferred = ready.find((endpoint) => endpoint === question.prefer);
      const having = ready.filter((endpoint) => question.where?.(endpoint) ?? true);
      const chosen = pardoned ?? preferred ?? this.leastBusy(having) ?? this.leastBusy(ready);
      if (chosen !== undefined) return chosen;
      if (near.length === 0) throw nothingLeft(question, this.endpoints, findings);
      await sleep(Math.max(0, Math.min(...near.map(restOf))), undefined, signal && { signal });
    }
  }

  /** Returns the endpoints that may be asked. If none says that it has the answer, it returns all, since their refusals tell the reason. */
  private candidates({ where, perhaps, except }: Question, findings: Findings): Endpoint[] {
    const used = this.endpoints.filter(({ refused }) => refused === undefined);
    const left = used.filter((endpoint) => !findings.get(endpoint)?.isFinal && !except?.includes(endpoint));
    if (where === undefined || !used.some(where)) return left;
    // An endpoint that finally refused knows the chain. Then endpoints that know less of the chain need not be asked.
    const isRefused = [...findings.values()].some(
      ({ error, isFinal }) => isFinal && error instanceof RpcRefusal,
    );
    return left.filter((endpoint) => where(endpoint) || (!isRefused && perhaps?.(endpoint)));
  }

  /** Records what a failed request means for its endpoint and for the question. */
  private async learn(
    question: Question,
    { endpoint, error, earlier, begunAt }: Failure,
    signal: AbortSignal | undefined,
  ): Promise<Finding> {
    if (!(error instanceof TransientError || error instanceof RpcRefusal || error instanceof BaleenError))
      throw error;
    const isKept = question.where?.(endpoint) === true;
    const { isExtra = false, isTentative = false, route } = question;
    const mayBeAlone = error instanceof RpcRefusal && !isNotThere(error.data) && earlier !== undefined;
    const isWell = mayBeAlone && (await this.isWell(endpoint, route, earlier.askedAt, signal));
    const found = {
      ...findingOf({ endpoint, route, error, earlier, isKept, isExtra, isTentative, isWell }),
      askedAt: begunAt,
    };
    if (saidNo(found) && found.isFinal && isKept) endpoint.believe(route);
    if (error instanceof BaleenError && error.kind === 'data') this.penalise(endpoint, error.message);
    else if (!isExtra && !isWell && !saidNo(found)) {
      const retryAfterMs = error instanceof TransientError ? error.retryAfterMs : undefined;
      endpoint.breaker.failed(wordsOf(error), begunAt, found.attempts, retryAfterMs);
    }
    return found;
  }

  /** Returns true if an endpoint that has just refused a question answers other questions of that kind: it has answered one since, or does
   * so now. */
  private async isWell(
    endpoint: Endpoint,
    route: string,
    since: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const known = endpoint.answerLike(route);
    if (known === undefined) return false;
    if (known.askedAt > since) return true;
    const askedAt = performance.now();
    try {
      await endpoint.transport.ask(known.route, { signal, isFresh: true });
      endpoint.answered(known.route, askedAt);
      return true;
    } catch {
      signal?.throwIfAborted();
      return false;
    }
  }

  private leastBusy(ready: readonly Endpoint[]): Endpoint | undefined {
    const busy = ({ transport }: Endpoint): number => transport.load / transport.concurrency;
    const lastOf = (endpoint: Endpoint): number => this.lastTurn.get(endpoint) ?? -1;
    return ready.toSorted((left, right) => busy(left) - busy(right) || lastOf(left) - lastOf(right))[0];
  }

  private reviveSome(): void {
    for (const endpoint of this.endpoints) {
      const { described, refused, breaker } = endpoint;
      if (described !== undefined || refused !== undefined || breaker.trouble !== undefined) continue;
      if (this.reviving.has(endpoint)) continue;
      this.reviving.add(endpoint);
      void this.hooks.revive(endpoint, this.closing.signal).finally(() => this.reviving.delete(endpoint));
    }
  }
}

const isData = (error: unknown): boolean => error instanceof BaleenError && error.kind === 'data';

/** Returns true if the endpoint said that it does not have what was asked for. */
const saidNo = (finding: Finding | undefined): boolean =>
  finding?.error instanceof RpcRefusal && isNotThere(finding.error.data);

const wordsOf = (error: Error): string =>
  error instanceof RpcRefusal ? `it refused: ${error.data}` : error.message;

/** Returns the error if no endpoint is left: that of the only endpoint, or one that names each endpoint with its error. */
function nothingLeft(question: Question, endpoints: readonly Endpoint[], findings: Findings): unknown {
  const found = [...findings].map(([endpoint, finding]) => ({ endpoint, finding }));
  const first = found[0]?.finding.error;
  const isOfHeight = found.some(({ finding }) => isUnanswerable(finding));
  const isNo = ({ finding }: (typeof found)[number]): boolean => saidNo(finding) || isUnanswerable(finding);
  if (isOfHeight && found.every(isNo)) return heightRefused(question, found);
  if (found.length > 0 && found.every(({ finding }) => saidNo(finding))) return first;
  if (question.isExtra && first instanceof RpcRefusal) return first;
  if (endpoints.length === 1 && found[0] !== undefined) return tellAlone(question, found[0]);
  const isLie = found.length > 0 && found.every(({ finding }) => isData(finding.error));
  const told = endpoints.map((endpoint) => `${endpoint.address}: ${tell(endpoint, question, findings)}`);
  const message = `ask ${question.route} of ${endpoints.length} endpoints: expected an answer, found none: ${told.join('; ')}; name another endpoint`;
  if (!isLie) return sourceError('SOURCE_UNREACHABLE', message, first);
  const lie = first as BaleenError;
  return new BaleenError('data', lie.code, message, { cause: lie, height: lie.height });
}

interface Found {
  readonly endpoint: Endpoint;
  readonly finding: Finding;
}

function tellAlone({ route }: Question, { endpoint, finding }: Found): unknown {
  const { error, attempts } = finding;
  const url = atRoute(endpoint.address, route);
  if (error instanceof TransientError || error instanceof RpcRefusal)
    return unreachable(url, `${wordsOf(error)}, ${attempts} times`, error);
  return error;
}

/** Makes the error for a height that all endpoints refuse although they answer for its neighbours: a permanent fault of the height. */
function heightRefused({ route }: Question, found: readonly Found[]): BaleenError {
  const told = found.map(
    ({ endpoint, finding: { error, attempts } }) =>
      `'${(error as RpcRefusal).data}', ${attempts} times, from ${endpoint.address}`,
  );
  const height = /[?&]height=(\d+)/.exec(route)?.[1];
  return new BaleenError(
    'data',
    'SOURCE_HEIGHT_REFUSED',
    `ask ${route}: expected an answer as for other heights, found ${told.join('; ')}; name an endpoint that can answer it, or a node's directory, and index this height again`,
    { cause: found[0]!.finding.error, height: height === undefined ? undefined : Number(height) },
  );
}

function tell(endpoint: Endpoint, { where, except }: Question, findings: Findings): string {
  const found = findings.get(endpoint);
  if (found !== undefined) {
    const { message } = found.error as Error;
    return found.attempts === 1 ? message : `${message}, ${found.attempts} times`;
  }
  if (endpoint.refused !== undefined) return endpoint.refused;
  if (endpoint.breaker.trouble !== undefined) return `left alone: ${endpoint.breaker.trouble}`;
  if (except?.includes(endpoint)) return 'asked before';
  if (where === undefined || where(endpoint) || endpoint.described === undefined) return 'not asked';
  const { base, head } = endpoint.described;
  return `it keeps ${base}..${head}`;
}
