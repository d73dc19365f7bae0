import { at, list, text, textOr } from '../json.ts';
import type { Kind, Recorded } from '../kind.ts';
import { answers } from '../recording.ts';

/** The params in force at each recorded height. */
export const consensusParams: Kind = {
  name: 'consensus params',
  recorded: ({ rpc }) => {
    const all = new Map<string, Recorded>();
    for (const { body } of answers(rpc, '/consensus_params')) {
      const height = text(at(body, 'block_height'));
      const params = at(body, 'consensus_params');
      if (height === null) continue;
      all.set(height, {
        height: Number(height),
        value: {
          block_max_bytes: text(at(params, 'block', 'max_bytes')),
          block_max_gas: text(at(params, 'block', 'max_gas')),
          block_time_iota_ms: text(at(params, 'block', 'time_iota_ms')),
          evidence_max_age_blocks: text(
            at(params, 'evidence', 'max_age_num_blocks') ?? at(params, 'evidence', 'max_age'),
          ),
          evidence_max_age_ns: text(at(params, 'evidence', 'max_age_duration')),
          evidence_max_bytes: text(at(params, 'evidence', 'max_bytes')),
          validator_key_types: list(at(params, 'validator', 'pub_key_types')),
          app_version: textOr(at(params, 'version', 'app_version') ?? at(params, 'version', 'app'), '0'),
        },
      });
    }
    return all;
  },
  shown: async ({ database, chainId, from, to }) => {
    type Row = { height: string; validator_key_types: string[] } & Record<string, string | null>;
    const { rows } = await database.query<Row>(
      `select h::text as height, block_max_bytes::text, block_max_gas::text, block_time_iota_ms::text,
         evidence_max_age_blocks::text, evidence_max_age_ns::text, evidence_max_bytes::text,
         validator_key_types, coalesce(app_version, 0)::text as app_version
       from generate_series($2::bigint, $3::bigint) h
       join baleen.consensus_params p on p.chain_id = $1 and p.from_height <= h and p.to_height >= h
       order by h`,
      [chainId, from, to],
    );
    return rows.map(({ height, ...value }) => ({ key: height, recordedAs: height, value }));
  },
};
