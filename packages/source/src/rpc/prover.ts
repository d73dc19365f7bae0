/** Decides whether what was answered about a height is so, and asks other endpoints until it is. */
import { BaleenError, type RawRpcBlock } from '@baleen/chain';
import { dataError, sourceError } from '../errors.ts';
import type { RpcJudge, SourceInfo } from '../source.ts';
import { type Candidate, liarsAmong, originsOf, rawOf } from './candidate.ts';
import type { Member } from './member.ts';
import type { Pool } from './pool.ts';
import type { Reader } from './reader.ts';

/** Answers that stood the proof, and what the judge saw of them. */
export interface Proved {
  readonly candidate: Candidate;
  readonly raw: RawRpcBlock;
}

interface Refuted {
  readonly candidate: Candidate;
  readonly error: BaleenError;
}

export class Prover {
  private readonly pool: Pool;
  private readonly reader: Reader;
  private readonly info: SourceInfo;
  private readonly judge: RpcJudge | undefined;

  constructor(pool: Pool, reader: Reader, info: SourceInfo, judge: RpcJudge | undefined) {
    this.pool = pool;
    this.reader = reader;
    this.info = info;
    this.judge = judge;
  }

  /** @param parentHash  of the block below, when it is proved
   * @throws BaleenError when no endpoint answers what stands the proof, with what was wrong at each */
  async settle(first: Candidate, parentHash: string | undefined, signal: AbortSignal): Promise<Proved> {
    const refuted: Refuted[] = [];
    const tried: Member[] = [];
    const changed = new Set<Member>();
    for (let candidate = first; ; candidate = await this.another(refuted, tried, signal)) {
      try {
        const proved = this.prove(candidate, parentHash);
        this.blame(refuted, candidate, changed);
        return proved;
      } catch (error) {
        if (!(error instanceof BaleenError) || error.kind !== 'data') throw error;
        for (const origin of originsOf(candidate)) if (!(await this.pool.isSame(origin))) changed.add(origin);
        refuted.push({ candidate, error });
      }
    }
  }

  /** @throws BaleenError data */
  prove(candidate: Candidate, parentHash?: string): Proved {
    const raw = rawOf(candidate, this.info);
    this.judge?.prove(raw);
    const { envelope, block } = candidate;
    if (parentHash !== undefined && envelope.parentHash.toUpperCase() !== parentHash.toUpperCase())
      throw dataError(
        'SOURCE_DISCONTINUITY',
        `read block ${envelope.height} from ${block.by.address}: expected parent hash ${parentHash}, found ${envelope.parentHash}; the endpoint mixes two chains, use another one`,
      );
    return { candidate, raw };
  }

  /** All from one endpoint that was not tried yet; what several said together refutes none of them. */
  private async another(
    refuted: readonly Refuted[],
    tried: Member[],
    signal: AbortSignal,
  ): Promise<Candidate> {
    const [{ candidate }] = refuted as [Refuted, ...Refuted[]];
    const origins = originsOf(candidate);
    if (refuted.length === 1 && origins.length === 1) tried.push(origins[0]!);
    const untried = this.pool.members.filter((each) => !tried.includes(each));
    const prefer =
      untried.find((each) => !origins.includes(each)) ?? untried.find((each) => each !== candidate.block.by);
    try {
      const block = await this.reader.facts.block(
        candidate.envelope.height,
        { prefer, except: tried },
        signal,
      );
      tried.push(block.by);
      return await this.reader.reread(candidate, block, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BaleenError)) throw error;
      throw this.refutedEverywhere(refuted, tried, error);
    }
  }

  /** Whoever is another node by now spoke its own version's words. */
  private blame(refuted: readonly Refuted[], proved: Candidate, changed: ReadonlySet<Member>): void {
    if (refuted.length === 0) return;
    for (const { candidate, error } of refuted)
      for (const liar of liarsAmong(candidate, proved))
        if (!changed.has(liar)) this.pool.accuse(liar, error.message);
    this.reader.correct(proved);
  }

  /** Of one endpoint its own error; of several, each by name. */
  private refutedEverywhere(
    refuted: readonly Refuted[],
    tried: readonly Member[],
    left: BaleenError,
  ): BaleenError {
    const [{ candidate, error: first }] = refuted as [Refuted, ...Refuted[]];
    const others = this.pool.members.filter((each) => each.refused === undefined && !tried.includes(each));
    if (refuted.length === 1 && others.length === 0) return first;
    const { height } = candidate.envelope;
    const found = refuted.map(({ error }) => error.message).join('; ');
    const message = `read block ${height} of ${this.info.chainId}: refuted at ${tried.length} of ${this.pool.members.length} endpoints: ${found}`;
    return others.length === 0
      ? new BaleenError('data', first.code, message, { cause: first, height })
      : sourceError('SOURCE_UNREACHABLE', `${message}; ${left.message}`, left);
  }
}
