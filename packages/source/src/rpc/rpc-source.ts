/** Blocks from a node's RPC, fetched ahead in order. */
import type { BlockRange, RawBlock } from '@baleen/chain';
import { dataError, operatorError, sourceError } from '../errors.ts';
import { type GenesisSource, type GenesisText, genesisOf } from '../genesis.ts';
import type { Source, SourceInfo } from '../source.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { createFacts, type Fact, type Facts } from './facts.ts';
import { createParamsInForce, type ParamsInForce } from './params-in-force.ts';
import { RpcRefusal, type Transport } from './transport.ts';

/** Heights that are fetched ahead of the reader: twice what can be in flight, so that no request waits for the reader. */
const MOST_AHEAD = 16;
/** Bytes fetched ahead above which no further height is begun. */
const MOST_AHEAD_BYTES = 64 * 1024 * 1024;

interface Fetched {
  readonly envelope: Envelope;
  readonly block: Fact;
  readonly results: Fact | undefined;
  readonly validators: readonly unknown[] | undefined;
  readonly bytes: number;
}

export class RpcSource implements Source {
  readonly info: SourceInfo;
  private readonly transport: Transport;
  private readonly attributes: 'base64' | 'plain';
  private readonly genesisText: GenesisText;
  private readonly facts: Facts;
  private readonly params: ParamsInForce;
  private readonly closing = new AbortController();
  /** The last block read, for the one after it. */
  private before: { readonly height: number; readonly results: unknown } | undefined;

  constructor(
    info: SourceInfo,
    transport: Transport,
    attributes: 'base64' | 'plain',
    genesisText: GenesisText,
  ) {
    this.info = info;
    this.transport = transport;
    this.attributes = attributes;
    this.genesisText = genesisText;
    this.facts = createFacts(transport);
    this.params = createParamsInForce(this.facts);
  }

  async *read(range: BlockRange, signal?: AbortSignal): AsyncGenerator<RawBlock> {
    this.checkRange(range);
    const stop = new AbortController();
    const signals = [stop.signal, this.closing.signal, ...(signal === undefined ? [] : [signal])];
    const ahead = new Ahead(range, (height) => this.fetch(height, AbortSignal.any(signals)));
    try {
      let fetched = await ahead.take();
      while (fetched !== undefined) {
        signal?.throwIfAborted();
        const next = await ahead.peek();
        if (next !== undefined) this.checkLink(fetched.envelope, next.envelope);
        yield await this.rawBlock(fetched, next?.envelope, AbortSignal.any(signals));
        fetched = await ahead.take();
      }
    } finally {
      stop.abort();
      await ahead.settled();
    }
  }

  genesis(): GenesisSource | undefined {
    return genesisOf(this.info.genesis === undefined ? [] : [this.genesisText], this.info.chainId);
  }

  close(): void {
    this.closing.abort();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private checkRange({ from, to }: BlockRange): void {
    const { path, base, head } = this.info;
    if (from < base || to > head || from > to)
      throw operatorError(
        'SOURCE_OUT_OF_RANGE',
        `read blocks ${from}..${to} of ${path}: expected heights within ${base}..${head}; name others with --heights`,
      );
  }

  private async fetch(height: number, signal: AbortSignal): Promise<Fetched> {
    const { resultsBase, resultsHead } = this.info;
    const hasResults =
      resultsBase !== undefined &&
      resultsHead !== undefined &&
      resultsBase <= height &&
      height <= resultsHead;
    const results = hasResults ? this.facts.results(height, signal) : undefined;
    results?.catch(() => undefined);
    const block = await this.askBlock(height, signal);
    const envelope = this.checkEnvelope(height, block.result);
    const validators = await this.facts.validators(envelope.validatorsHash, height, signal);
    const answer = await results;
    return { envelope, block, results: answer, validators, bytes: block.bytes + (answer?.bytes ?? 0) };
  }

  private async askBlock(height: number, signal: AbortSignal): Promise<Fact> {
    try {
      return await this.transport.ask(`/block?height=${height}`, signal);
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error;
      const pruned = /lowest height|is not available/i.test(error.data);
      throw sourceError(
        pruned ? 'SOURCE_PRUNED' : 'SOURCE_MISSING',
        `read block ${height} from ${this.info.path}: expected a block, found '${error.data}'; ${pruned ? 'the node has pruned it meanwhile, use an archive node' : 'use another endpoint'}`,
        error,
      );
    }
  }

  private checkEnvelope(height: number, block: unknown): Envelope {
    const context = `read block ${height} from ${this.info.path}`;
    const envelope = readEnvelope(block, context);
    if (envelope.height !== height)
      throw dataError('SOURCE_CORRUPT', `${context}: expected that block, found block ${envelope.height}`);
    if (envelope.chainId !== this.info.chainId)
      throw dataError(
        'SOURCE_CHAIN_MISMATCH',
        `${context}: expected chain id ${this.info.chainId}, found ${envelope.chainId}`,
      );
    return envelope;
  }

  private checkLink(block: Envelope, next: Envelope): void {
    if (next.parentHash.toUpperCase() === block.hash.toUpperCase()) return;
    throw dataError(
      'SOURCE_DISCONTINUITY',
      `read block ${next.height} from ${this.info.path}: expected parent hash ${block.hash}, found ${next.parentHash}; the endpoint mixes two chains, use another one`,
    );
  }

  private async rawBlock(
    { envelope, block, results, validators, bytes }: Fetched,
    next: Envelope | undefined,
    signal: AbortSignal,
  ): Promise<RawBlock> {
    const { chainId, era, bech32Prefix, path } = this.info;
    const { height, consensusHash } = envelope;
    const before = this.before?.height === height - 1 ? this.before.results : undefined;
    const consensusParams = await this.params.at(height, consensusHash, before, signal);
    this.before = { height, results: results?.result };
    const evidenceValidators = [];
    for (const each of envelope.evidenceHeights) {
      const pages = await this.facts.validatorsAt(each, signal);
      if (pages !== undefined) evidenceValidators.push({ height: each, pages });
    }
    return {
      encoding: 'rpc',
      chainId,
      era,
      height,
      bech32Prefix,
      endpoint: path,
      attributes: this.attributes,
      block: block.result,
      results: results?.result,
      validators,
      evidenceValidators,
      consensusParams,
      nextResultsHash: next?.lastResultsHash,
      answerBytes: bytes,
    };
  }
}

/** Heights in order, several being fetched at once. */
class Ahead {
  private readonly range: BlockRange;
  private readonly fetch: (height: number) => Promise<Fetched>;
  private readonly queue: Promise<Fetched>[] = [];
  private next: number;
  private bytes = 0;

  constructor(range: BlockRange, fetch: (height: number) => Promise<Fetched>) {
    this.range = range;
    this.fetch = fetch;
    this.next = range.from;
  }

  async take(): Promise<Fetched | undefined> {
    this.fill();
    const fetched = await this.queue.shift();
    if (fetched !== undefined) this.bytes -= fetched.bytes;
    this.fill();
    return fetched;
  }

  peek(): Promise<Fetched | undefined> {
    return this.queue[0] ?? Promise.resolve(undefined);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.queue);
  }

  private fill(): void {
    while (this.next <= this.range.to && this.queue.length < MOST_AHEAD) {
      if (this.queue.length > 0 && this.bytes >= MOST_AHEAD_BYTES) return;
      const fetching = this.fetch(this.next++);
      fetching.then(
        ({ bytes }) => (this.bytes += bytes),
        () => undefined,
      );
      this.queue.push(fetching);
    }
  }
}
