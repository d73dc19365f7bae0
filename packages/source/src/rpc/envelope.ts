/** The little that a source has to know of a block to ask for what belongs to it; the rest is the decoder's. */
import { z } from 'zod';
import { dataError } from '../errors.ts';

const schema = z.object({
  block_id: z.object({ hash: z.string() }),
  block: z.object({
    header: z.object({
      chain_id: z.string(),
      height: z.coerce.number().int(),
      last_block_id: z.object({ hash: z.string() }),
      validators_hash: z.string(),
      consensus_hash: z.string(),
      last_results_hash: z.string(),
    }),
    evidence: z.object({
      evidence: z
        .array(
          z.object({ value: z.object({ VoteA: z.object({ height: z.coerce.number().int() }).optional() }) }),
        )
        .nullish(),
    }),
  }),
});

export interface Envelope {
  readonly chainId: string;
  readonly height: number;
  /** Hexadecimal, as all hashes here. */
  readonly hash: string;
  readonly parentHash: string;
  readonly validatorsHash: string;
  readonly consensusHash: string;
  /** Proves the results of the block before. */
  readonly lastResultsHash: string;
  /** Heights of evidence that names no power (0.33). */
  readonly evidenceHeights: readonly number[];
}

export function readEnvelope(json: unknown, context: string): Envelope {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw dataError('SOURCE_CORRUPT', `${context}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { block_id, block } = parsed.data;
  const { header } = block;
  const heights = (block.evidence.evidence ?? []).flatMap(({ value }) => value.VoteA?.height ?? []);
  const impossible = heights.find((height) => height < 1 || height > header.height);
  if (impossible !== undefined)
    throw dataError(
      'SOURCE_CORRUPT',
      `${context}: evidence: expected a height up to ${header.height}, found ${impossible}`,
    );
  return {
    chainId: header.chain_id,
    height: header.height,
    hash: block_id.hash,
    parentHash: header.last_block_id.hash,
    validatorsHash: header.validators_hash,
    consensusHash: header.consensus_hash,
    lastResultsHash: header.last_results_hash,
    evidenceHeights: [...new Set(heights)],
  };
}
