import type { Api, Route, Row } from '../route.ts';
import { one, withoutEmpty } from './shapes.ts';

/* Postgres breaks base64 into lines. */
const base64 = (bytes: string): string => `translate(encode(${bytes}, 'base64'), E'\\n', '')`;
const CODE = `select code_id, ${base64('checksum')} as code_hash, creator from baleen.wasm_codes where code_id::text = :'code'`;
const CONTRACT = `select value from baleen.wasm_contracts where address = :'contract'`;
/* Contracts put the length of a name before it: 16 bits, big endian. */
const ENTRY_BY_NAME = `select k.key, ${base64('k.key')} as key_base64, ${base64('s.value')} as value
from (select int2send(length(:'key')::int2) || convert_to(:'key', 'UTF8') as key) k
left join baleen.contract_state s on s.contract = :'contract' and s.key = k.key`;
const ENTRY = `select ${base64('value')} as value from baleen.contract_state where contract = :'contract' and key = decode(:'key', 'base64')`;

const printCode = (row: Row): unknown => ({
  code_id: row.code_id,
  code_hash: row.code_hash,
  creator: row.creator,
});

const legacy = (api: Api, print: (value: unknown) => unknown): Route[] => [
  { api, path: '/wasm/codes/{code}', sql: CODE, print: one(printCode) },
  { api, path: '/wasm/contracts/{contract}', sql: CONTRACT, print: one(({ value }) => print(value)) },
];

const gateway = 'gateway-0.44';
const wasm = '/terra/wasm/v1beta1';

export const wasmRoutes: readonly Route[] = [
  ...legacy('amino-0.39', (value) => value),
  ...legacy('amino-0.44', (value) => withoutEmpty(value as Row)),
  {
    api: 'amino-0.39',
    path: '/wasm/contracts/{contract}/store/raw?key={key}',
    sql: ENTRY_BY_NAME,
    print: ([row]) => ({ key: row!.key_base64, value: row!.value ?? '' }),
  },
  {
    api: gateway,
    path: `${wasm}/codes/{code}`,
    sql: CODE,
    print: one((row) => ({ code_info: printCode(row) })),
  },
  {
    api: gateway,
    path: `${wasm}/contracts/{contract}`,
    sql: CONTRACT,
    print: one(({ value }) => ({ contract_info: value })),
  },
  {
    api: gateway,
    path: `${wasm}/contracts/{contract}/store/raw?key={key}`,
    sql: ENTRY,
    print: (rows) => ({ data: rows[0]?.value ?? null }),
  },
  {
    api: gateway,
    path: `${wasm}/contracts/{contract}/store/raw`,
    sql: `select ${base64('value')} as value from baleen.contract_state where contract = :'contract' and key = ''`,
    print: (rows) => ({ data: rows[0]?.value ?? null }),
  },
];
