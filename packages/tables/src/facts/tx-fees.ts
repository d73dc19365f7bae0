import { shownText, type Tx } from '@baleen/chain';
import { chargedByFailure } from '../fee-charged.ts';
import { placeOf, txPlace } from '../place.ts';
import { heldText, rawText } from '../postgres-text.ts';
import { leaves } from '../storage.ts';
import { defineTable, indexed, optional, required } from '../table.ts';
import { TX_DECODING } from '../tx-decoding.ts';

export const txFees = defineTable({
  name: 'tx_fees',
  doc: "One row is a coin of a tx's declared fee. Key: chain_id, height, tx_index, fee_index. A tx without a fee has none.",
  storage: leaves({ key: ['tx_index', 'fee_index'], factor: 8 }),
  needs: 'blocks',
  version: 2 + TX_DECODING,
  columns: {
    ...txPlace,
    fee_index: required('int4', 'redecode', 'Position of the coin in the fee, from 0.'),
    denom: required('text', 'redecode', 'Denomination of the coin.'),
    denom_raw: optional('bytea', 'redecode', 'Exact bytes of denom, only where Postgres cannot hold them.'),
    amount: required('numeric', 'redecode', 'Declared amount, in base units of denom.'),
    kind: required('text', 'redecode', "'fee'."),
    payer: indexed(
      optional(
        'text',
        'redecode',
        'Granter of the fee, else its payer, else the first signer. NULL: unknown.',
      ),
    ),
    charged: optional(
      'bool',
      'digest',
      'true: the tx succeeded, its result holds a fee event of the payer, or a message of it failed. false: it was refused before its messages. NULL: no results, or nothing tells.',
    ),
  },
  rows(block) {
    const place = placeOf(block);
    return block.txs.flatMap((tx) => {
      const content = tx.content;
      if (content === undefined || content.feeCoins.length === 0) return [];
      const charged = isCharged(tx, content.feePayer);
      return content.feeCoins.map((coin, index) => ({
        ...place,
        tx_index: tx.index,
        fee_index: index,
        denom: heldText(coin.denom),
        denom_raw: rawText(coin.denom),
        amount: coin.amount,
        kind: 'fee',
        payer: content.feePayer,
        charged,
      }));
    });
  },
});

/** Says whether the fee of a tx was taken; null if that is not known. A tx with code 0 has paid. For a failed tx, the ante handler's event
 * `tx` with the fee proves it (since SDK 0.42; with fee_payer since 0.46). */
function isCharged({ result }: Tx, payer: string | undefined): boolean | null {
  if (result === undefined) return null;
  if (result.code === 0) return true;
  const paid = result.events.some((event) => {
    if (event.type !== 'tx' || !event.attributes.some(([key, value]) => key === 'fee' && value !== ''))
      return false;
    const named = event.attributes.find(([key]) => key === 'fee_payer');
    return named === undefined || shownText(named[1]) === payer;
  });
  return paid || chargedByFailure(result);
}
