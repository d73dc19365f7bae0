/** Several endpoints of one chain, asked as one: a request goes to one that keeps what it asks for and is not in trouble, and to
 * another when no good answer comes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import { sourceError } from '../errors.ts';
import type { AttributeForm } from './attributes.ts';
import type { Answer } from './caller.ts';
import { atRoute } from './endpoint-address.ts';
import { RpcRefusal, TransientError, unreachable } from './failures.ts';
import { type Finding, findingOf, isUnanswerable } from './findings.ts';
import { CircuitOpenError, type Member } from './member.ts';
import { isNotThere } from './refusals.ts';

/** Waiting for an endpoint that is left alone; above a Retry-After's longest. One that rests longer is as good as gone. */
const LONGEST_WAIT_MS = 125_000;

export interface Question {
  readonly route: string;
  /** Which endpoints have it; none given: all. */
  readonly where?: ((member: Member) => boolean) | undefined;
  /** Which may have come to it since: asked when those that have it are in trouble or have lied. */
  readonly perhaps?: ((member: Member) => boolean) | undefined;
  /** Asked first when it is not in trouble, so that what belongs together comes from one. */
  readonly prefer?: Member | undefined;
  readonly except?: readonly Member[] | undefined;
  /** It can be done without: few tries, and that it can't be had says nothing about the endpoint. */
  readonly isExtra?: boolean | undefined;
  /** Asks past caches and over a new connection from the first time on: an answer of the same was refuted. */
  readonly isFresh?: boolean | undefined;
  /** The caller asks again when an endpoint says that it does not have it. */
  readonly isTentative?: boolean | undefined;
  /** @throws BaleenError data when the answer can't be right: then its endpoint has lied */
  readonly check?: ((result: unknown, member: Member) => void) | undefined;
}

export interface PoolAnswer extends Answer {
  readonly by: Member;
  /** How the answer writes the attributes of events. */
  readonly attributes: AttributeForm;
}

type Findings = Map<Member, Finding>;

interface Failure {
  readonly member: Member;
  readonly error: unknown;
  readonly earlier: Finding | undefined;
  readonly begunAt: number;
}

export interface PoolHooks {
  /** Learns what an endpoint keeps that could not be asked before; never throws. */
  revive(member: Member, signal: AbortSignal): Promise<void>;
  /** Whether an endpoint is still the node that was described. A node may be replaced by another version while it is read,
   * whose answers then look like lies.
   * @throws BaleenError source `SOURCE_CHANGED` when it is another one, and the only endpoint */
  isSame(member: Member): Promise<boolean>;
}

const NO_HOOKS: PoolHooks = { revive: async () => undefined, isSame: async () => true };

export class Pool {
  /** One at least. */
  readonly members: readonly Member[];
  private readonly hooks: PoolHooks;
  private readonly closing = new AbortController();
  private readonly reviving = new Set<Member>();
  private readonly lastTurn = new Map<Member, number>();
  private turn = 0;

  constructor(members: readonly Member[], hooks: PoolHooks = NO_HOOKS) {
    this.members = members;
    this.hooks = hooks;
  }

  /** @throws RpcRefusal when each refuses; BaleenError data `SOURCE_HEIGHT_REFUSED` when none can answer for a height; BaleenError
   *   with what was found at each endpoint */
  ask(question: Question, signal?: AbortSignal): Promise<PoolAnswer> {
    return this.run(question, signal, async (member, isFresh) => {
      const answer = await member.transport.ask(question.route, {
        signal,
        isFresh: isFresh || question.isFresh,
      });
      question.check?.(answer.result, member);
      return { ...answer, by: member, attributes: member.attributesOf(answer.result) };
    });
  }

  /** The same for an answer of any length, which is not asked for again once it has begun. */
  async *stream(question: Question, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let url = question.route;
    const chunks = await this.run(question, signal, (member) => {
      url = atRoute(member.address, question.route);
      return member.transport.stream(question.route, signal);
    });
    try {
      yield* chunks;
    } catch (error) {
      throw error instanceof TransientError ? unreachable(url, error.message, error) : error;
    }
  }

  /** An endpoint that is not in trouble, the least busy one. */
  choose(where: (member: Member) => boolean): Member | undefined {
    const now = performance.now();
    const usable = this.members.filter((each) => each.refused === undefined && each.breaker.until <= now);
    const chosen = this.leastBusy(usable.filter(where));
    if (chosen !== undefined) this.lastTurn.set(chosen, this.turn++);
    return chosen;
  }

  /** As of `PoolHooks`. */
  isSame(member: Member): Promise<boolean> {
    return this.hooks.isSame(member);
  }

  /** Ends what goes on beside. */
  close(): void {
    this.closing.abort();
  }

  /** What it answered was refuted: it is left alone for long, where there is another. */
  accuse(member: Member, reason: string): void {
    const others = this.members.filter((other) => other !== member && other.refused === undefined);
    const isNear = ({ breaker }: Member): boolean => breaker.until - performance.now() <= LONGEST_WAIT_MS;
    if (others.some(isNear)) member.breaker.lied(reason);
  }

  private async run<Result>(
    question: Question,
    signal: AbortSignal | undefined,
    work: (member: Member, isFresh: boolean) => Promise<Result>,
  ): Promise<Result> {
    const findings: Findings = new Map();
    for (;;) {
      const member = await this.chooseFor(question, findings, signal);
      this.lastTurn.set(member, this.turn++);
      const begunAt = performance.now();
      const earlier = findings.get(member);
      try {
        const result = await work(member, earlier !== undefined);
        member.breaker.answered();
        member.answered(question.route, begunAt);
        if (saidNo(earlier)) member.isMixed = true;
        return result;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof CircuitOpenError) continue;
        if (isData(error) && !(await this.isSame(member))) continue;
        findings.set(member, await this.learn(question, { member, error, earlier, begunAt }, signal));
      }
    }
  }

  /** Waits until one may be asked. When only liars are left, they are: what they answer is proved again. */
  private async chooseFor(question: Question, findings: Findings, signal?: AbortSignal): Promise<Member> {
    for (;;) {
      this.reviveSome();
      const able = this.candidates(question, findings);
      const restOf = (member: Member): number =>
        Math.max(member.breaker.until, findings.get(member)?.notBefore ?? 0) - performance.now();
      const near = able.filter((member) => restOf(member) <= LONGEST_WAIT_MS);
      const pardoned = near.length > 0 ? undefined : this.leastBusy(able);
      pardoned?.breaker.pardon();
      const ready = near.filter((member) => restOf(member) <= 0);
      const preferred = ready.find((member) => member === question.prefer);
      const having = ready.filter((member) => question.where?.(member) ?? true);
      const chosen = pardoned ?? preferred ?? this.leastBusy(having) ?? this.leastBusy(ready);
      if (chosen !== undefined) return chosen;
      if (near.length === 0) throw nothingLeft(question, this.members, findings);
      await sleep(Math.max(0, Math.min(...near.map(restOf))), undefined, signal && { signal });
    }
  }

  /** Where none says that it has it, all are asked: their refusals tell why. */
  private candidates({ where, perhaps, except }: Question, findings: Findings): Member[] {
    const used = this.members.filter(({ refused }) => refused === undefined);
    const left = used.filter((member) => !findings.get(member)?.isFinal && !except?.includes(member));
    if (where === undefined || !used.some(where)) return left;
    // One that says no for good knows the chain: then those that know less of it are spared.
    const isRefused = [...findings.values()].some(
      ({ error, isFinal }) => isFinal && error instanceof RpcRefusal,
    );
    return left.filter((member) => where(member) || (!isRefused && perhaps?.(member)));
  }

  /** What a failed request says of its endpoint, and of the question. */
  private async learn(
    question: Question,
    { member, error, earlier, begunAt }: Failure,
    signal: AbortSignal | undefined,
  ): Promise<Finding> {
    if (!(error instanceof TransientError || error instanceof RpcRefusal || error instanceof BaleenError))
      throw error;
    const isKept = question.where?.(member) === true;
    const { isExtra = false, isTentative = false, route } = question;
    const mayBeAlone = error instanceof RpcRefusal && !isNotThere(error.data) && earlier !== undefined;
    const isWell = mayBeAlone && (await this.isWell(member, route, earlier.askedAt, signal));
    const found = {
      ...findingOf({ member, error, earlier, isKept, isExtra, isTentative, isWell }),
      askedAt: begunAt,
    };
    if (error instanceof BaleenError && error.kind === 'data') this.accuse(member, error.message);
    else if (!isExtra && !isWell && !saidNo(found)) {
      const retryAfterMs = error instanceof TransientError ? error.retryAfterMs : undefined;
      member.breaker.failed(wordsOf(error), begunAt, found.attempts, retryAfterMs);
    }
    return found;
  }

  /** Whether an endpoint answers questions of a kind, of which it has just refused one: such an answer since, or now. */
  private async isWell(
    member: Member,
    route: string,
    since: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const known = member.answerLike(route);
    if (known === undefined) return false;
    if (known.askedAt > since) return true;
    const askedAt = performance.now();
    try {
      await member.transport.ask(known.route, { signal, isFresh: true });
      member.answered(known.route, askedAt);
      return true;
    } catch {
      signal?.throwIfAborted();
      return false;
    }
  }

  private leastBusy(ready: readonly Member[]): Member | undefined {
    const busy = ({ transport }: Member): number => transport.load / transport.concurrency;
    const lastOf = (member: Member): number => this.lastTurn.get(member) ?? -1;
    return ready.toSorted((left, right) => busy(left) - busy(right) || lastOf(left) - lastOf(right))[0];
  }

  private reviveSome(): void {
    for (const member of this.members) {
      const { described, refused, breaker } = member;
      if (described !== undefined || refused !== undefined || breaker.trouble !== undefined) continue;
      if (this.reviving.has(member)) continue;
      this.reviving.add(member);
      void this.hooks.revive(member, this.closing.signal).finally(() => this.reviving.delete(member));
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
function nothingLeft(question: Question, members: readonly Member[], findings: Findings): unknown {
  const found = [...findings].map(([member, finding]) => ({ member, finding }));
  const first = found[0]?.finding.error;
  const isOfHeight = found.some(({ finding }) => isUnanswerable(finding));
  const isNo = ({ finding }: (typeof found)[number]): boolean => saidNo(finding) || isUnanswerable(finding);
  if (isOfHeight && found.every(isNo)) return heightRefused(question, found);
  if (found.length > 0 && found.every(({ finding }) => saidNo(finding))) return first;
  if (question.isExtra && first instanceof RpcRefusal) return first;
  if (members.length === 1 && found[0] !== undefined) return tellAlone(question, found[0]);
  const isLie = found.length > 0 && found.every(({ finding }) => isData(finding.error));
  const told = members.map((member) => `${member.address}: ${tell(member, question, findings)}`);
  const message = `ask ${question.route} of ${members.length} endpoints: expected an answer, found none: ${told.join('; ')}; name another endpoint`;
  if (!isLie) return sourceError('SOURCE_UNREACHABLE', message, first);
  const lie = first as BaleenError;
  return new BaleenError('data', lie.code, message, { cause: lie, height: lie.height });
}

interface Found {
  readonly member: Member;
  readonly finding: Finding;
}

function tellAlone({ route }: Question, { member, finding }: Found): unknown {
  const { error, attempts } = finding;
  const url = atRoute(member.address, route);
  if (error instanceof TransientError || error instanceof RpcRefusal)
    return unreachable(url, `${wordsOf(error)}, ${attempts} times`, error);
  return error;
}

/** The endpoints are well, and have the height's neighbours: it is the height that fails, for good. */
function heightRefused({ route }: Question, found: readonly Found[]): BaleenError {
  const told = found.map(
    ({ member, finding: { error, attempts } }) =>
      `'${(error as RpcRefusal).data}', ${attempts} times, from ${member.address}`,
  );
  const height = /[?&]height=(\d+)/.exec(route)?.[1];
  return new BaleenError(
    'data',
    'SOURCE_HEIGHT_REFUSED',
    `ask ${route}: expected an answer as for other heights, found ${told.join('; ')}; name an endpoint that can answer it, or a node's directory, and index this height again`,
    { cause: found[0]!.finding.error, height: height === undefined ? undefined : Number(height) },
  );
}

function tell(member: Member, { where, except }: Question, findings: Findings): string {
  const found = findings.get(member);
  if (found !== undefined) {
    const { message } = found.error as Error;
    return found.attempts === 1 ? message : `${message}, ${found.attempts} times`;
  }
  if (member.refused !== undefined) return member.refused;
  if (member.breaker.trouble !== undefined) return `left alone: ${member.breaker.trouble}`;
  if (except?.includes(member)) return 'asked before';
  if (where === undefined || where(member) || member.described === undefined) return 'not asked';
  const { base, head } = member.described;
  return `it keeps ${base}..${head}`;
}
