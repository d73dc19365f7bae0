/** Checks the endpoints' answers about a height against the chain's hashes, and asks other endpoints until an answer is proved. */
import { BaleenError, type Block, type RawBlock, type RawRpcBlock } from '@baleen/chain';
import { type Candidate, type CandidateSource, type Endpoint, endpointsOf, rawOf } from '@baleen/source';
import { liarsAmong } from './liars.ts';

/** A candidate (the answers about one height) whose hashes agree, and the block that was decoded from it. */
export interface Proved {
  readonly candidate: Candidate;
  readonly raw: RawRpcBlock;
  readonly block: Block;
}

interface Refuted {
  readonly candidate: Candidate;
  readonly error: BaleenError;
}

/** How often the only endpoint is asked again for a height that it answered wrongly. A cache in front of it may have been stale. */
const MOST_REPEATS = 2;

export class Prover {
  private readonly source: CandidateSource;
  private readonly decode: (raw: RawBlock) => Block;

  /** @param decode  decodes a block; throws a BaleenError of kind data if the block's own hashes refute it or it can't be decoded */
  constructor(source: CandidateSource, decode: (raw: RawBlock) => Block) {
    this.source = source;
    this.decode = decode;
  }

  /** Returns a proved candidate of the height: `first`, or the answers of another endpoint.
   * @param parentHash  hash of the block below; undefined if that block is not proved
   * @throws BaleenError if no endpoint gives an answer that can be proved; it says what was wrong with each answer */
  async settle(first: Candidate, parentHash: Uint8Array | undefined, signal?: AbortSignal): Promise<Proved> {
    const refuted: Refuted[] = [];
    const tried: Endpoint[] = [];
    const changed = new Set<Endpoint>();
    for (let candidate = first; ; candidate = await this.another(refuted, tried, signal)) {
      try {
        const proved = this.prove(candidate, parentHash);
        this.penaliseLiars(refuted, candidate, changed);
        return proved;
      } catch (error) {
        if (!(error instanceof BaleenError) || error.kind !== 'data') throw error;
        for (const endpoint of endpointsOf(candidate))
          if (!(await this.source.isSame(endpoint))) changed.add(endpoint);
        refuted.push({ candidate, error });
      }
    }
  }

  /** Decodes a candidate and recomputes its hashes.
   * @throws BaleenError of kind data: a hash does not agree, or an answer can't be decoded */
  prove(candidate: Candidate, parentHash?: Uint8Array): Proved {
    const raw = rawOf(candidate, this.source.info);
    const block = this.decode(raw);
    const found = block.header.lastBlockId.hash;
    if (parentHash !== undefined && Buffer.compare(parentHash, found) !== 0)
      throw new BaleenError(
        'data',
        'SOURCE_DISCONTINUITY',
        `read block ${block.height} from ${raw.endpoint}: expected parent hash ${hex(parentHash)}, found ${hex(found)}; the endpoint mixes two chains, use another one`,
        { height: block.height },
      );
    return { candidate, raw, block };
  }

  /** Asks an endpoint that was not tried yet for everything about the height. If there is a single endpoint, asks it once more.
   * @throws BaleenError if no endpoint is left */
  private async another(
    refuted: readonly Refuted[],
    tried: Endpoint[],
    signal: AbortSignal | undefined,
  ): Promise<Candidate> {
    const [{ candidate }] = refuted as [Refuted, ...Refuted[]];
    const [only, ...more] = endpointsOf(candidate);
    if (refuted.length === 1 && more.length === 0) tried.push(only!);
    if (this.used.length === 1 && refuted.length <= MOST_REPEATS) tried.length = 0;
    try {
      return await this.source.another(candidate, tried, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BaleenError)) throw error;
      throw this.refutedEverywhere(refuted, tried, error);
    }
  }

  private get used(): Endpoint[] {
    return this.source.endpoints.filter(({ refused }) => refused === undefined);
  }

  /** Penalises the endpoints that gave wrong answers. An endpoint behind which there is another node by now is not penalised, since that
   * node answers in the way of its own version. */
  private penaliseLiars(
    refuted: readonly Refuted[],
    proved: Candidate,
    changed: ReadonlySet<Endpoint>,
  ): void {
    if (refuted.length === 0) return;
    for (const { candidate, error } of refuted)
      for (const liar of liarsAmong(candidate, proved))
        if (!changed.has(liar)) this.source.penalise(liar, error.message);
    this.source.correct(proved);
  }

  /** Makes the error for a height that every endpoint answered wrongly: the error of the only endpoint, or one that names all endpoints. */
  private refutedEverywhere(
    refuted: readonly Refuted[],
    tried: readonly Endpoint[],
    left: BaleenError,
  ): BaleenError {
    const [{ candidate, error: first }] = refuted as [Refuted, ...Refuted[]];
    const { endpoints, info } = this.source;
    const others = this.used.filter((each) => !tried.includes(each));
    if (endpoints.length === 1 || (refuted.length === 1 && others.length === 0)) return first;
    const { height } = candidate.block.envelope;
    const found = refuted.map(({ error }) => error.message).join('; ');
    const message = `read block ${height} of ${info.chainId}: refuted at ${tried.length} of ${endpoints.length} endpoints: ${found}`;
    return others.length === 0
      ? new BaleenError('data', first.code, message, { cause: first, height })
      : new BaleenError('source', 'SOURCE_UNREACHABLE', `${message}; ${left.message}`, { cause: left });
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
