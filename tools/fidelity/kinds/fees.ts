import { at, type Json, list, text, textOr } from '../json.ts';
import type { Kind } from '../kind.ts';
import { byHash, type RestTx } from './rest.ts';

/** Coins in order and the gas limit; granter, and the payer where the fee names one of them. */
const feeOf = ({ form, tx }: RestTx): Json => {
  const fee = form === 'amino' ? at(tx, 'fee') : at(tx, 'auth_info', 'fee');
  const granter = textOr(at(fee, 'granter'), '');
  const payer = textOr(at(fee, 'payer'), '');
  return {
    coins: list(at(fee, 'amount')).map((coin) => `${text(at(coin, 'amount'))} ${text(at(coin, 'denom'))}`),
    gas_limit: text(at(fee, form === 'amino' ? 'gas' : 'gas_limit')),
    granter,
    payer: granter || payer,
  };
};

/** The declared fee of every tx. */
export const fees: Kind = {
  name: 'fees',
  recorded: (recording) => byHash(recording, feeOf),
  shown: async ({ database, chainId }, recording) => {
    type Row = Record<'key' | 'hash' | 'gas_limit' | 'granter' | 'payer', string> & { coins: string[] };
    const { rows } = await database.query<Row>(
      `select t.height || '/' || t.tx_index as key, t.tx_hash as hash, t.fee_gas::text as gas_limit,
         coalesce(t.fee_granter, '') as granter, coalesce(t.fee_payer, '') as payer, f.coins
       from baleen.txs t
       left join lateral (
         select coalesce(array_agg(amount || ' ' || denom order by fee_index), '{}') as coins
         from baleen.tx_fees f
         where f.chain_id = t.chain_id and f.height = t.height and f.tx_index = t.tx_index and kind = 'fee'
       ) f on true
       where t.chain_id = $1 order by t.height, t.tx_index`,
      [chainId],
    );
    const recorded = fees.recorded(recording);
    return rows.map(({ key, hash, payer, ...rest }) => {
      const named = textOr(at(recorded.get(hash)?.value, 'payer'), '') !== '';
      return { key, recordedAs: hash, value: { ...rest, payer: named ? payer : '' } };
    });
  },
};
