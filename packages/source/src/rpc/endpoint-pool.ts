/** Several endpoints of one chain, asked as one: a request goes to one that keeps what it asks for and is not in trouble, and to
 * another when no good answer comes. */
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

/** Waiting for an endpoint that is left alone; above a Retry-After's longest. One that rests longer is as good as gone. */
const LONGEST_WAIT_MS = 125_000;

export interface Question {
  readonly route: string;
  /** Which endpoints have it; none given: all. */
  readonly where?: ((endpoint: Endpoint) => boolean) | undefined;
  /** Which may have come to it since: asked when those that have it are in trouble or have lied. */
  readonly perhaps?: ((endpoint: Endpoint) => boolean) | undefined;
  /** Asked first when it is not in trouble, so that what belongs together comes from one. */
  readonly prefer?: Endpoint | undefined;
  readonly except?: readonly Endpoint[] | undefined;
  /** It can be done without: few tries, and that it can't be had says nothing about the endpoint. */
  readonly isExtra?: boolean | undefined;
  /** Asks past caches and over a new connection from the first time on: an answer of the same was refuted. */
  readonly isFresh?: boolean | undefined;
  /** The caller asks again when an endpoint says that it does not have it. */
  readonly isTentative?: boolean | undefined;
  /** @throws BaleenError data when the answer can't be right: then its endpoint has lied */
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
  /** Learns what an endpoint keeps that could not be asked before; never throws. */
  revive(endpoint: Endpoint, signal: AbortSignal): Promise<void>;
  /** Whether an endpoint is still the node that was described. A node may be replaced by another version while it is read,
   * whose answers then look like lies.
   * @throws BaleenError source `SOURCE_CHANGED` when it is another one, and the only endpoint */
  isSame(endpoint: Endpoint): Promise<boolean>;
}

const NO_HOOKS: PoolHooks = { revive: async () => undefined, isSame: async () => true };

export class EndpointPool {
  /** One at least. */
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

  /** @throws RpcRefusal when each refuses; BaleenError data `SOURCE_HEIGHT_REFUSED` when none can answer for a height; BaleenError
   *   with what was found at each endpoint */
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

  /** The same for an answer of any length, which is not asked for again once it has begun. */
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

  /** An endpoint that is not in trouble, the least busy one. */
  choose(where: (endpoint: Endpoint) => boolean): Endpoint | undefined {
    const now = performance.now();
    const usable = this.endpoints.filter((each) => each.refused === undefined && each.breaker.until <= now);
    const chosen = this.leastBusy(usable.filter(where));
    if (chosen !== undefined) this.lastTurn.set(chosen, this.turn++);
    return chosen;
  }

  /** As of `PoolHooks`. */
  isSame(endpoint: Endpoint): Promise<boolean> {
    return this.hooks.isSame(endpoint);
  }

  /** Ends what goes on beside. */
  close(): void {
    this.closing.abort();
  }

  /** What it answered was refuted: it is left alone for long, where there is another. */
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

  /** Waits until one may be asked. When only liars are left, they are: what they answer is proved again. */
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

  /** Where none says that it has it, all are asked: their refusals tell why. */
  private candidates({ where, perhaps, except }: Question, findings: Findings): Endpoint[] {
    const used = this.endpoints.filter(({ refused }) => refused === undefined);
    const left = used.filter((endpoint) => !findings.get(endpoint)?.isFinal && !except?.includes(endpoint));
    if (where === undefined || !used.some(where)) return left;
    // One that says no for good knows the chain: then those that know less of it are spared.
    const isRefused = [...findings.values()].some(
      ({ error, isFinal }) => isFinal && error instanceof RpcRefusal,
    );
    return left.filter((endpoint) => where(endpoint) || (!isRefused && perhaps?.(endpoint)));
  }

  /** What a failed request says of its endpoint, and of the question. */
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

  /** Whether an endpoint answers questions of a kind, of which it has just refused one: such an answer since, or now. */
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

/** Whether the endpoint said that it does not have what was asked for. */
const saidNo = (finding: Finding | undefined): boolean =>
  finding?.error instanceof RpcRefusal && isNotThere(finding.error.data);

const wordsOf = (error: Error): string =>
  error instanceof RpcRefusal ? `it refused: ${error.data}` : error.message;

/** Of one endpoint its own error; of several, each by name. */
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

/** The endpoints are well, and have the height's neighbours: it is the height that fails, for good. */
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
