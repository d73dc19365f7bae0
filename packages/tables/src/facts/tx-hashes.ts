import { chainId } from '../place.ts';
import { flat } from '../storage.ts';
import { defineTable, optional, required } from '../table.ts';
import { succeeded } from './txs.ts';

export const txHashes = defineTable({
  name: 'tx_hashes',
  doc:
    'One row is a tx in a block: the small side of txs, in one table for all chains, so that a hash alone finds its tx ' +
    'without asking every partition. Key: chain_id, height, tx_index; one hash may stand in several blocks.',
  storage: flat({ key: ['tx_index'] }),
  needs: 'blocks',
  views: [],
  columns: {
    chain_id: chainId,
    height: required('int8', 'hash', 'Height of the block.'),
    tx_index: required('int4', 'hash', 'Position of the tx in its block, from 0.'),
    tx_hash: required('bytea', 'hash', 'sha256 of the tx, 32 bytes.'),
    success: optional(
      'bool',
      'hash',
      "Whether the result's code is 0. NULL: the source has no results of this block.",
    ),
  },
  rows: (block) =>
    block.txs.map((tx) => ({
      chain_id: block.chainId,
      height: block.height,
      tx_index: tx.index,
      tx_hash: tx.hash,
      success: succeeded(tx),
    })),
});
