/** What the source itself reads of a node's answers; blocks and what belongs to them are the decoder's.
 *
 * Shapes only, nothing is converted. Of a status nothing is stored: only what is used has to be there, and all else may be. */
import { z } from 'zod';

const natural = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/)]);

/** `earliest_…` since 0.33.4. */
export const statusSchema = z.looseObject({
  node_info: z.looseObject({
    id: z.string().nullish(),
    network: z.string(),
    version: z.string().nullish(),
  }),
  sync_info: z.looseObject({
    latest_block_height: natural,
    earliest_block_height: natural.nullish(),
    catching_up: z.boolean().nullish(),
  }),
});

/** The part of a `/block` result that names chain and height. */
export const headSchema = z.looseObject({
  block: z.looseObject({ header: z.looseObject({ chain_id: z.string(), height: natural }) }),
});

/** A result of `/genesis_chunked`. */
export const genesisChunkSchema = z.strictObject({
  chunk: natural,
  total: natural,
  data: z.string(),
});
