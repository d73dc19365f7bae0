/** Reads blocks of RPC endpoints, and proves each by its hashes before it is yielded. */
import type { BlockRange, TxReading } from '@baleen/chain';
import { createBlockDecoder } from '@baleen/decode';
import * as rpc from '@baleen/decode/rpc';
import type { Candidate, CandidateSource } from '@baleen/source';
import type { ReadBlock } from '../walk/block-source.ts';
import { createStopwatch } from '../walk/stages.ts';
import { CrossCheck } from './cross-check.ts';
import { type Proved, Prover } from './prover.ts';

export class ProvedBlocks {
  private readonly source: CandidateSource;
  private readonly prover: Prover;
  private readonly crossCheck: CrossCheck | undefined;

  /** @param reading  how txs are read now; it may change between blocks
   * @param isCrossChecked  whether what no hash covers is compared over a second endpoint */
  constructor(source: CandidateSource, reading: { readonly now: TxReading }, isCrossChecked: boolean) {
    const decode = createBlockDecoder(rpc);
    this.source = source;
    this.prover = new Prover(source, (raw) => decode(raw, reading.now));
    this.crossCheck = isCrossChecked ? new CrossCheck(source, this.prover) : undefined;
  }

  /** Yields blocks in order of height.
   * @param provesTop  whether the header above the range is asked for, too, since it proves the results of the highest block
   * @throws BaleenError what the source throws; data when a height is refuted at every endpoint */
  async *blocks(
    range: BlockRange,
    signal: AbortSignal | undefined,
    provesTop: boolean,
  ): AsyncGenerator<ReadBlock> {
    let parentHash: Uint8Array | undefined;
    const lap = createStopwatch();
    for await (const candidate of this.source.candidates(range, signal, provesTop)) {
      const read = lap();
      const { block, raw } = await this.settle(candidate, parentHash, signal);
      parentHash = block.id.hash;
      const areResultsProved = raw.nextResultsHash !== undefined;
      yield { block, bytes: raw.answerBytes, areResultsProved, seconds: { read, decode: lap() } };
      lap();
    }
  }

  private async settle(
    candidate: Candidate,
    parentHash: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Proved> {
    const proved = await this.prover.settle(candidate, parentHash, signal);
    return this.crossCheck === undefined ? proved : this.crossCheck.check(proved, candidate.witness, signal);
  }
}
