import { at, list, text } from '../json.ts';
import type { Kind, Recorded } from '../kind.ts';
import { answers } from '../recording.ts';

/** Bytes of a block, as `/blockchain` tells them (BlockMeta, from Tendermint 0.33). */
export const blockSizes: Kind = {
  name: 'block sizes',
  recorded: ({ rpc }) => {
    const sizes = new Map<string, Recorded>();
    for (const { body } of answers(rpc, '/blockchain'))
      for (const meta of list(at(body, 'block_metas'))) {
        const height = text(at(meta, 'header', 'height'));
        const size = text(at(meta, 'block_size'));
        if (height !== null && size !== null)
          sizes.set(height, {
            height: Number(height),
            value: { size, tx_count: text(at(meta, 'num_txs')), hash: text(at(meta, 'block_id', 'hash')) },
          });
      }
    return sizes;
  },
  shown: async ({ database, chainId }) => {
    const { rows } = await database.query<Record<'height' | 'size' | 'tx_count' | 'hash', string>>(
      `select height::text, size::text, tx_count::text, block_hash as hash
       from baleen.blocks where chain_id = $1 order by blocks.height`,
      [chainId],
    );
    return rows.map(({ height, ...value }) => ({ key: height, recordedAs: height, value }));
  },
};
