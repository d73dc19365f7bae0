import { at, type Json, list, parseJson, text, textOr } from '../json.ts';
import type { Kind } from '../kind.ts';
import { bytesOfBase64 } from '../normal.ts';
import { byHash, type RestTx, restTxs, txPlaces } from './rest.ts';

const LEGACY = 'SIGN_MODE_LEGACY_AMINO_JSON';

/** StdTx tells neither a sequence nor which members of a multisig signed (that lies in the signature's bytes). */
const aminoSignature = (json: Json): Json => {
  const key = at(json, 'pub_key') ?? null;
  const multisig = text(at(key, 'type')) === 'tendermint/PubKeyMultisigThreshold';
  return {
    public_key: key,
    signature: textOr(at(json, 'signature'), ''),
    mode: multisig ? null : LEGACY,
    sequence: null,
    multisig,
    members_in_signature: true,
  };
};

const protobufSignature = (info: Json, signature: Json | undefined): Json => {
  const multi = at(info, 'mode_info', 'multi');
  return {
    public_key: at(info, 'public_key') ?? null,
    signature: textOr(signature, ''),
    mode: text(at(info, 'mode_info', 'single', 'mode')),
    sequence: text(at(info, 'sequence')),
    multisig: multi !== undefined && multi !== null,
    members_in_signature: true,
    members: membersOf(multi),
  };
};

/** Bits of a CompactBitArray, most significant first, say which keys signed. */
function membersOf(multi: Json | undefined): Json {
  const bits = bytesOfBase64(at(multi, 'bitarray', 'elems'));
  const signed = Array.from({ length: bits.length * 8 }, (_, key) => key).filter(
    (key) => (bits[key >> 3]! >> (7 - (key & 7))) & 1,
  );
  return list(at(multi, 'mode_infos')).map(
    (member, index) => `${signed[index]} ${text(at(member, 'single', 'mode'))}`,
  );
}

const signaturesOf = ({ form, tx }: RestTx): Json =>
  form === 'amino'
    ? list(at(tx, 'signatures')).map(aminoSignature)
    : list(at(tx, 'auth_info', 'signer_infos')).map((info, index) =>
        protobufSignature(info, at(tx, 'signatures', index)),
      );

interface SignatureRow {
  readonly key: string;
  readonly public_key: string | null;
  readonly public_key_raw: Buffer | null;
  readonly signature: Buffer;
  readonly mode: string | null;
  readonly sequence: string | null;
  readonly members: string | null;
}

function shownSignature(row: SignatureRow, form: RestTx['form']): Json {
  const { signature, mode, sequence } = row;
  const key = row.public_key_raw?.toString('utf8') ?? row.public_key;
  const members = list(row.members === null ? null : parseJson(row.members));
  const inSignature = members.every((member) => signature.includes(bytesOfBase64(at(member, 'signature'))));
  const value = {
    public_key: key === null ? null : parseJson(key),
    signature: signature.toString('base64'),
    mode,
    sequence,
    multisig: row.members !== null,
    members_in_signature: inSignature,
  };
  if (form === 'amino') return value;
  return {
    ...value,
    members: members.map((member) => `${text(at(member, 'key_index'))} ${text(at(member, 'sign_mode'))}`),
  };
}

/** Signatures, public keys, sign modes and sequences of every tx, in order. */
export const signatures: Kind = {
  name: 'signatures',
  recorded: (recording) => byHash(recording, signaturesOf),
  shown: async (scope, recording) => {
    const { rows } = await scope.database.query<SignatureRow>(
      `select height || '/' || tx_index as key, public_key::text, public_key_raw, signature, sign_mode as mode,
         sequence::text, members::text
       from baleen.tx_signatures where chain_id = $1 order by height, tx_index, signature_index`,
      [scope.chainId],
    );
    const form = restTxs(recording)[0]?.form ?? 'amino';
    const byTx = Map.groupBy(rows, ({ key }) => key);
    return (await txPlaces(scope)).map(({ key, hash }) => ({
      key,
      recordedAs: hash,
      value: (byTx.get(key) ?? []).map((row) => shownSignature(row, form)),
    }));
  },
};
