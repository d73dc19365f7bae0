import type { Api, Route, Row } from '../route.ts';
import { goTime, listed, one, withoutEmpty } from './shapes.ts';

const INFOS = 'select * from baleen.signing_infos';
const BY_ADDRESS = `${INFOS} where consensus_address = :'consensus'`;
/* The validator is found by its consensus key as its own record has it, in bech32. */
const BY_KEY = `${INFOS} where consensus_address = (select consensus_address from baleen.validators where consensus_pubkey = to_jsonb(:'key'::text))`;

const printInfo = (row: Row): Record<string, unknown> => ({
  address: row.consensus_address,
  start_height: row.start_height,
  index_offset: row.index_offset,
  jailed_until: goTime(row, 'jailed_until'),
  tombstoned: row.tombstoned,
  missed_blocks_counter: row.missed_blocks_counter,
});

/** A signing info of SDK 0.44: amino prints its 64-bit counters as text and leaves out those that are 0. */
const leanInfo = (row: Row): unknown => {
  const info = printInfo(row);
  return withoutEmpty(
    Object.fromEntries(Object.entries(info).map(([name, value]) => [name, value === '0' ? 0 : value])),
  );
};

export const slashingRoutes: readonly Route[] = [
  {
    api: 'amino-0.39',
    path: '/slashing/signing_infos?page=1&limit=100',
    isPaged: true,
    sql: INFOS,
    print: (rows) => rows.map(printInfo),
    set: '',
  },
  {
    api: 'amino-0.39',
    path: '/slashing/validators/{key}/signing_info',
    sql: BY_KEY,
    print: one(printInfo),
  },
  {
    api: 'amino-0.44' as Api,
    path: '/slashing/signing_infos',
    isPaged: true,
    sql: INFOS,
    print: (rows) => rows.map(leanInfo),
    set: '',
  },
  {
    api: 'gateway-0.44',
    path: '/cosmos/slashing/v1beta1/signing_infos',
    sql: INFOS,
    print: (rows) => listed('info', rows.map(printInfo)),
    set: 'info',
  },
  {
    api: 'gateway-0.44',
    path: '/cosmos/slashing/v1beta1/signing_infos/{consensus}',
    sql: BY_ADDRESS,
    print: one((row) => ({ val_signing_info: printInfo(row) })),
  },
];
