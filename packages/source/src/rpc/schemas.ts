/** What the source itself reads of a node's answers; blocks and what belongs to them are the decoder's.
 *
 * Shapes only, nothing is converted. Of a status nothing is stored, so that what some nodes add to it (Sei does) is let through. */
import { z } from 'zod';

const natural = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/)]);
const hex = z.string().regex(/^(?:[0-9A-Fa-f]{2})*$/);
const time = z.string();

/** `earliest_…` since 0.33.4. */
export const statusSchema = z.looseObject({
  node_info: z.looseObject({
    protocol_version: z.looseObject({ p2p: natural, block: natural, app: natural }).optional(),
    id: z.string().optional(),
    listen_addr: z.string().optional(),
    network: z.string(),
    version: z.string(),
    channels: hex.optional(),
    moniker: z.string().optional(),
    other: z.looseObject({ tx_index: z.string().optional(), rpc_address: z.string().optional() }).optional(),
  }),
  sync_info: z.looseObject({
    latest_block_hash: hex.optional(),
    latest_app_hash: hex.optional(),
    latest_block_height: natural,
    latest_block_time: time.optional(),
    earliest_block_hash: hex.optional(),
    earliest_app_hash: hex.optional(),
    earliest_block_height: natural.optional(),
    earliest_block_time: time.optional(),
    catching_up: z.boolean(),
  }),
  validator_info: z.looseObject({}).optional(),
});

/** Of `/genesis_chunked`. */
export const genesisChunkSchema = z.strictObject({
  chunk: natural,
  total: natural,
  data: z.string(),
});
