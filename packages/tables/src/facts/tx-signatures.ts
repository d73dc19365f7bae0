import type { TxSignature, TxSignatureMember } from '@baleen/chain';
import { jsonCells } from '../json-cell.ts';
import { base64, placeOf, txPlace } from '../place.ts';
import { heldOrNull } from '../postgres-text.ts';
import { leaves } from '../storage.ts';
import { defineTable, indexed, optional, required } from '../table.ts';
import { TX_DECODING } from '../tx-decoding.ts';

export const txSignatures = defineTable({
  name: 'tx_signatures',
  doc: 'One row is a signature of a tx; a multisig is one row. Key: chain_id, height, tx_index, signature_index.',
  storage: leaves({ key: ['tx_index', 'signature_index'], factor: 8 }),
  needs: 'blocks',
  version: 1 + TX_DECODING,
  columns: {
    ...txPlace,
    signature_index: required('int4', 'redecode', 'Position of the signature in the tx, from 0.'),
    signer: indexed(optional('text', 'redecode', 'Bech32 account that signed. NULL: it cannot be told.')),
    public_key: optional(
      'jsonb',
      'redecode',
      "Public key as the chain's REST prints it. NULL: the tx has none.",
    ),
    public_key_raw: optional(
      'bytea',
      'redecode',
      'Exact JSON text (UTF-8), only where public_key is not equal to it.',
    ),
    sequence: optional('numeric', 'redecode', "The account's sequence. NULL: a StdTx does not carry it."),
    sign_mode: optional('text', 'redecode', 'SIGN_MODE_DIRECT, ... NULL: a multisig, see members.'),
    signature: required('bytea', 'redecode', 'The signature as the tx has it.'),
    members: optional(
      'jsonb',
      'redecode',
      'A multisig\'s members who signed: [{"key_index","sign_mode","signature" (base64)},...]. NULL: no multisig.',
    ),
  },
  rows(block) {
    const place = placeOf(block);
    return block.txs.flatMap((tx) =>
      (tx.content?.signatures ?? []).map((signature, index) => ({
        ...place,
        tx_index: tx.index,
        signature_index: index,
        ...cells(signature),
      })),
    );
  },
});

function cells(signature: TxSignature) {
  const publicKey = jsonCells(signature.publicKey);
  return {
    signer: signature.signer,
    public_key: publicKey.value,
    public_key_raw: publicKey.raw,
    sequence: signature.sequence ?? null,
    sign_mode: heldOrNull(signature.signMode),
    signature: signature.signature,
    members: signature.members === undefined ? null : JSON.stringify(signature.members.map(member)),
  };
}

const member = ({ keyIndex, signMode, signature }: TxSignatureMember) => ({
  key_index: keyIndex,
  sign_mode: signMode ?? null,
  signature: base64(signature),
});
