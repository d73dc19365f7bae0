import { NOT_FOUND, type Route, type Row } from '../route.ts';
import { aminoKey, nilWhenEmpty, one } from './shapes.ts';

const ACCOUNT = `select a.*, (select jsonb_agg(jsonb_build_object('denom', b.denom, 'amount', b.amount::text) order by b.denom)
  from baleen.balances b where b.chain_id = a.chain_id and b.address = a.address) as coins
from baleen.accounts a where a.address = :'address'`;

/** What SDK 0.39 prints for an address without an account. */
const NO_ACCOUNT = {
  type: 'core/Account',
  value: { address: '', coins: [], public_key: null, account_number: '0', sequence: '0' },
};

function aminoAccount(rows: readonly Row[]): unknown {
  const row = rows[0];
  if (row === undefined) return NO_ACCOUNT;
  const isModule = row.module_name !== null;
  const permissions = row.permissions as readonly string[] | null;
  return {
    type: row.type,
    value: {
      address: row.address,
      coins: row.coins ?? [],
      public_key: row.public_key ?? (isModule ? '' : null),
      account_number: row.account_number,
      sequence: row.sequence,
      ...(isModule && { name: row.module_name, permissions: permissions?.length === 0 ? null : permissions }),
      ...(row.vesting as object | null),
    },
  };
}

function gatewayAccount(row: Row): unknown {
  const base = {
    address: row.address,
    pub_key: row.public_key,
    account_number: row.account_number,
    sequence: row.sequence,
  };
  if (row.module_name !== null)
    return { '@type': row.type, base_account: base, name: row.module_name, permissions: row.permissions };
  if (row.vesting === null) return { '@type': row.type, ...base };
  const { vesting_schedules, ...vesting } = row.vesting as Row;
  return { '@type': row.type, base_vesting_account: { base_account: base, ...vesting }, vesting_schedules };
}

/** Prints an account as the legacy routes of SDK 0.44 do: empty fields are left out, numbers of module accounts are JSON numbers. */
function leanAccount(row: Row): unknown {
  const type = AMINO_TYPES[row.type as string] ?? row.type;
  const { address, account_number, sequence } = row;
  if (row.module_name !== null)
    return {
      type,
      value: {
        address,
        public_key: '',
        account_number: Number(account_number),
        sequence: Number(sequence),
        name: row.module_name,
        permissions: nilWhenEmpty(row.permissions as readonly string[]),
      },
    };
  const key = row.public_key === null ? null : aminoKey(row.public_key);
  const numbers = { account_number, sequence };
  const given = Object.entries(numbers).filter(([, value]) => value !== '0');
  const base = { address, ...(key !== null && { public_key: key }), ...Object.fromEntries(given) };
  if (row.vesting === null) return { type, value: base };
  const { vesting_schedules, ...vesting } = row.vesting as Row;
  const { end_time, ...coins } = vesting;
  return {
    type,
    value: {
      base_vesting_account: { base_account: base, ...coins, ...(end_time !== '0' && { end_time }) },
      vesting_schedules,
    },
  };
}

const AMINO_TYPES: Readonly<Record<string, string>> = {
  '/cosmos.auth.v1beta1.BaseAccount': 'core/Account',
  '/cosmos.auth.v1beta1.ModuleAccount': 'core/ModuleAccount',
  '/terra.vesting.v1beta1.LazyGradedVestingAccount': 'core/LazyGradedVestingAccount',
};

const PARAMS = `select jsonb_object_agg(name, value) as params from baleen.module_params where subspace = 'auth'`;

export const authRoutes: readonly Route[] = [
  { api: 'amino-0.39', path: '/auth/accounts/{address}', sql: ACCOUNT, print: aminoAccount },
  {
    api: 'amino-0.44',
    path: '/auth/accounts/{address}',
    sql: ACCOUNT,
    print: one(leanAccount),
  },
  {
    api: 'gateway-0.44',
    path: '/cosmos/auth/v1beta1/accounts/{address}',
    sql: ACCOUNT,
    print: (rows) => (rows.length === 0 ? NOT_FOUND : { account: gatewayAccount(rows[0]!) }),
  },
  {
    api: 'gateway-0.44',
    path: '/cosmos/auth/v1beta1/accounts?pagination.limit=200',
    isHeavy: true,
    sql: 'select * from baleen.accounts',
    print: (rows) => ({
      accounts: rows.map(gatewayAccount),
      pagination: { next_key: null, total: '0' },
    }),
    set: 'accounts',
  },
  {
    api: 'gateway-0.44',
    path: '/cosmos/auth/v1beta1/params',
    sql: PARAMS,
    print: (rows) => ({ params: rows[0]!.params }),
  },
];
