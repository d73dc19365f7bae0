import { at, isObject, type Json, list, parseJson, text, textOr } from '../json.ts';
import type { Kind, Recorded } from '../kind.ts';
import { answers } from '../recording.ts';

/** `{type, data}` up to Tendermint 0.33; from 0.34 protobuf's oneof, `{Sum: {value: {ed25519: ...}}}`. */
function keyOf(json: Json | undefined): { key_type: string; public_key: string } {
  const sum = at(json, 'Sum', 'value');
  if (!isObject(sum))
    return { key_type: textOr(at(json, 'type'), ''), public_key: textOr(at(json, 'data'), '') };
  const [key_type, value] = Object.entries(sum)[0]!;
  return { key_type, public_key: textOr(value, '') };
}

const updateOf = (json: Json): Json => ({
  ...keyOf(at(json, 'pub_key')),
  power: textOr(at(json, 'power'), '0'),
});

/** Changes of the validator set that each block's results hold: none is an answer too. */
export const validatorUpdates: Kind = {
  name: 'validator updates',
  recorded: ({ rpc }) => {
    const all = new Map<string, Recorded>();
    for (const { body } of answers(rpc, '/block_results')) {
      const height = text(at(body, 'height'))!;
      const updates = list(
        at(body, 'validator_updates') ?? at(body, 'results', 'end_block', 'validator_updates'),
      );
      all.set(height, { height: Number(height), value: updates.map(updateOf) });
    }
    return all;
  },
  shown: async ({ database, chainId }) => {
    const { rows } = await database.query<{ height: string; updates: string }>(
      `select height::text, validator_updates::text as updates from baleen.blocks
       where chain_id = $1 and validator_updates is not null order by blocks.height`,
      [chainId],
    );
    return rows.map(({ height, updates }) => ({
      key: height,
      recordedAs: height,
      value: parseJson(updates),
    }));
  },
  last: ({ resultsTo }) => resultsTo,
};
