/** Several endpoints of one chain, asked as one: a request goes to one that keeps what it asks for and is not in trouble, and to
 * another when no good answer comes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import { sourceError } from '../errors.ts';
import { LeftAlone, type Member } from './member.ts';
import { isThere, lowestHeight } from './refusals.ts';
import { type Answer, RpcRefusal, Trouble, unreachable } from './transport.ts';

/** Tries of one request at one endpoint. */
const ATTEMPTS = 6;
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
  /** @throws BaleenError data when the answer can't be right: then its endpoint has lied */
  readonly check?: ((result: unknown, member: Member) => void) | undefined;
}

export interface PoolAnswer extends Answer {
  readonly by: Member;
  /** How it writes the attributes of events, as the node that answered does. */
  readonly attributes: Member['attributes'];
}

/** How often a request failed at an endpoint, and what was found last. */
interface Finding {
  readonly attempts: number;
  /** No use in asking it again. */
  readonly isFinal: boolean;
  readonly error: unknown;
}

type Findings = Map<Member, Finding>;

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

  /** @throws RpcRefusal when each refuses; BaleenError with what was found at each endpoint */
  ask(question: Question, signal?: AbortSignal): Promise<PoolAnswer> {
    return this.run(question, signal, async (member) => {
      const { attributes, described: before } = member;
      const answer = await member.transport.ask(question.route, signal);
      if (before !== undefined && before.nodeVersion !== member.described?.nodeVersion)
        throw new LeftAlone('another node is there now');
      question.check?.(answer.result, member);
      return { ...answer, by: member, attributes };
    });
  }

  /** The same for an answer of any length, which is not asked for again once it has begun. */
  async *stream(question: Question, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let url = question.route;
    const chunks = await this.run(question, signal, (member) => {
      url = `${member.address}${question.route}`;
      return member.transport.stream(question.route, signal);
    });
    try {
      yield* chunks;
    } catch (error) {
      throw error instanceof Trouble ? unreachable(url, error.message, error) : error;
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
    if (others.some((other) => restOf(other) <= LONGEST_WAIT_MS)) member.breaker.lied(reason);
  }

  private async run<Result>(
    question: Question,
    signal: AbortSignal | undefined,
    work: (member: Member) => Promise<Result>,
  ): Promise<Result> {
    const findings: Findings = new Map();
    for (;;) {
      const member = await this.chooseFor(question, findings, signal);
      this.lastTurn.set(member, this.turn++);
      const begunAt = performance.now();
      try {
        const result = await work(member);
        member.breaker.answered();
        return result;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof LeftAlone) continue;
        if (isData(error) && !(await this.isSame(member))) continue;
        findings.set(member, this.learn(member, error, begunAt, findings.get(member)?.attempts ?? 0));
      }
    }
  }

  /** Waits until one may be asked. When only liars are left, they are: what they answer is proved again. */
  private async chooseFor(question: Question, findings: Findings, signal?: AbortSignal): Promise<Member> {
    for (;;) {
      this.reviveSome();
      const able = this.candidates(question, findings);
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
    // One that says no knows the chain: then those that know less of it are spared.
    const isRefused = [...findings.values()].some(({ error }) => error instanceof RpcRefusal);
    return left.filter((member) => where(member) || (!isRefused && perhaps?.(member)));
  }

  /** What a failed request says of its endpoint. */
  private learn(member: Member, error: unknown, begunAt: number, earlier: number): Finding {
    const attempts = earlier + 1;
    const { breaker } = member;
    if (error instanceof Trouble) {
      breaker.failed(error.message, begunAt, attempts, error.retryAfterMs);
      return { attempts, isFinal: attempts === ATTEMPTS, error };
    }
    if (error instanceof RpcRefusal) {
      if (isThere(error.data)) breaker.failed(`it refused: ${error.data}`, begunAt, attempts, undefined);
      else forgetPruned(member, error.data);
    } else if (!(error instanceof BaleenError)) throw error;
    else if (error.kind === 'data') this.accuse(member, error.message);
    else breaker.failed(error.message, begunAt, attempts, undefined);
    return { attempts, isFinal: true, error };
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

/** Milliseconds until it may be asked. */
const restOf = ({ breaker }: Member): number => breaker.until - performance.now();

const isData = (error: unknown): boolean => error instanceof BaleenError && error.kind === 'data';

function forgetPruned(member: Member, refusal: string): void {
  const base = lowestHeight(refusal);
  if (member.described === undefined || base === undefined) return;
  const { resultsBase } = member.described;
  member.described = {
    ...member.described,
    base: Math.max(base, member.described.base),
    resultsBase: resultsBase === undefined ? undefined : Math.max(base, resultsBase),
  };
}

/** Of one endpoint its own error; of several, each by name. */
function nothingLeft(question: Question, members: readonly Member[], findings: Findings): unknown {
  const found = [...findings].map(([member, { error }]) => [member, error] as const);
  const [first] = found;
  if (members.length === 1 && first !== undefined) return tellAlone(first[0], question, first[1]);
  if (found.length > 0 && found.every(([, error]) => error instanceof RpcRefusal)) return first![1];
  const lie = found.every(([, error]) => isData(error)) ? (first?.[1] as BaleenError | undefined) : undefined;
  const told = members.map((member) => `${member.address}: ${tell(member, question, findings)}`);
  const message = `ask ${question.route} of ${members.length} endpoints: expected an answer, found none: ${told.join('; ')}; name another endpoint`;
  return lie === undefined
    ? sourceError('SOURCE_UNREACHABLE', message, first?.[1])
    : new BaleenError('data', lie.code, message, { cause: lie, height: lie.height });
}

const tellAlone = ({ address }: Member, { route }: Question, error: unknown): unknown =>
  error instanceof Trouble
    ? unreachable(`${address}${route}`, `${error.message}, ${ATTEMPTS} times`, error)
    : error;

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
