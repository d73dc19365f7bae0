import { at, text } from '../json.ts';
import type { Kind } from '../kind.ts';
import { columnText } from '../normal.ts';
import { byHash } from './rest.ts';

/** The memo of every tx by its bytes: where Postgres can't hold them, `memo_raw` has them, and the tx's raw bytes hold them too. */
export const memos: Kind = {
  name: 'memos',
  recorded: (recording) =>
    byHash(recording, ({ form, tx }) => ({
      memo: form === 'amino' ? text(at(tx, 'memo')) : text(at(tx, 'body', 'memo')),
      inRawTx: true,
    })),
  shown: async ({ database, chainId }) => {
    type Row = { key: string; hash: string; memo: string | null; memo_raw: Buffer | null; raw: Buffer };
    const { rows } = await database.query<Row>(
      `select height || '/' || tx_index as key, tx_hash as hash, memo, memo_raw, raw
       from baleen.txs where chain_id = $1 order by height, tx_index`,
      [chainId],
    );
    return rows.map(({ key, hash, memo, memo_raw, raw }) => ({
      key,
      recordedAs: hash,
      value: { memo: columnText(memo, memo_raw), inRawTx: raw.includes(memo_raw ?? memo ?? '') },
    }));
  },
};
