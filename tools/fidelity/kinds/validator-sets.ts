import { at, type Json, list, text, textOr } from '../json.ts';
import type { Kind, Recorded } from '../kind.ts';
import { addressHex } from '../normal.ts';
import { type Answer, answers, type Recording } from '../recording.ts';

const KEY_TYPES: Readonly<Record<string, string>> = {
  'tendermint/PubKeyEd25519': 'ed25519',
  'tendermint/PubKeySecp256k1': 'secp256k1',
  'tendermint/PubKeySr25519': 'sr25519',
};

const validatorOf = (json: Json): Json => {
  const type = textOr(at(json, 'pub_key', 'type'), '');
  return {
    address: textOr(at(json, 'address'), ''),
    key_type: KEY_TYPES[type] ?? type,
    public_key: textOr(at(json, 'pub_key', 'value'), ''),
    voting_power: textOr(at(json, 'voting_power'), '0'),
  };
};

/** The whole set of each height that was recorded: one answer, or pages that together are complete. */
export function recordedSets({ rpc }: Recording): Map<string, Recorded> {
  const all = new Map<string, Recorded>();
  const pages = new Map<string, Answer[]>();
  for (const answer of answers(rpc, '/validators')) {
    const height = text(at(answer.body, 'block_height'))!;
    const size = answer.query.get('per_page') ?? '';
    const key = `${height} by ${size}`;
    pages.set(key, [...(pages.get(key) ?? []), answer]);
  }
  for (const [key, ofHeight] of pages) {
    const height = key.split(' ')[0]!;
    const total = text(at(ofHeight[0]!.body, 'total'));
    const inOrder = new Map(ofHeight.map((answer) => [Number(answer.query.get('page') ?? 1), answer]));
    const validators = [...inOrder]
      .sort(([one], [other]) => one - other)
      .flatMap(([, { body }]) => list(at(body, 'validators')));
    if (total === null || Number(total) === validators.length)
      all.set(height, { height: Number(height), value: validators.map(validatorOf) });
  }
  return all;
}

/** By address: the view doesn't tell a set's order (the header's validators_hash, which is compared, covers it). */
const byAddress = (set: readonly Json[]): Json[] =>
  [...set].sort((one, other) => (text(at(one, 'address'))! < text(at(other, 'address'))! ? -1 : 1));

/** The validators that vote on each height, without proposer_priority. */
export const validatorSets: Kind = {
  name: 'validator sets',
  recorded: (recording) =>
    new Map(
      [...recordedSets(recording)].map(([key, { height, value }]) => [
        key,
        { height, value: byAddress(list(value)) },
      ]),
    ),
  shown: async ({ database, chainId, from, to }) => {
    type Row = Record<'height' | 'address' | 'address_hex' | 'key_type' | 'voting_power', string> & {
      public_key: Buffer;
    };
    const { rows } = await database.query<Row>(
      `select h::text as height, consensus_address as address, consensus_address_hex as address_hex, key_type,
         public_key, voting_power::text
       from generate_series($2::bigint, $3::bigint) h
       join baleen.validator_sets s on s.chain_id = $1 and s.from_height <= h and s.to_height >= h
       order by h`,
      [chainId, from, to],
    );
    const sets = new Map<string, Json[]>();
    for (const { height, address, address_hex, public_key, ...rest } of rows) {
      const set = sets.get(height) ?? [];
      sets.set(height, set);
      const shownAddress =
        addressHex(address) === address_hex ? address_hex : `${address} is not ${address_hex}`;
      set.push({ ...rest, address: shownAddress, public_key: public_key.toString('base64') });
    }
    return [...sets].map(([height, value]) => ({ key: height, recordedAs: height, value: byAddress(value) }));
  },
};
