import type { Route, Row } from '../route.ts';
import { goTime, listed, nilWhenEmpty, one } from './shapes.ts';

const GRANTS = `select * from baleen.grants where granter = :'granter' and grantee = :'grantee' order by message_type`;
const OF_GRANTEE = `select granter, grantee, allowance from baleen.fee_allowances where grantee = :'grantee'`;

const printGrant = (row: Row): unknown => ({
  authorization: row.authorization_value,
  expiration: goTime(row, 'expiration'),
});
const printAllowance = (row: Row): unknown => ({
  granter: row.granter,
  grantee: row.grantee,
  allowance: row.allowance,
});

export const grantRoutes: readonly Route[] = [
  {
    api: 'amino-0.39',
    path: '/msgauth/granters/{granter}/grantees/{grantee}/grants',
    sql: GRANTS,
    print: (rows) => nilWhenEmpty(rows.map(printGrant)),
    set: '',
  },
  {
    api: 'amino-0.39',
    path: '/msgauth/granters/{granter}/grantees/{grantee}/grants/{type}',
    sql: GRANTS.replace(' order by', ` and message_type = :'type' order by`),
    print: one(printGrant),
  },
  {
    api: 'gateway-0.44',
    path: '/cosmos/authz/v1beta1/grants?granter={granter}&grantee={grantee}',
    sql: GRANTS,
    print: (rows) => listed('grants', rows.map(printGrant)),
    set: 'grants',
  },
  {
    api: 'gateway-0.44',
    path: '/cosmos/feegrant/v1beta1/allowances/{grantee}',
    sql: OF_GRANTEE,
    print: (rows) => listed('allowances', rows.map(printAllowance)),
    set: 'allowances',
  },
  {
    api: 'gateway-0.44',
    path: '/cosmos/feegrant/v1beta1/allowance/{granter}/{grantee}',
    sql: `${OF_GRANTEE} and granter = :'granter'`,
    print: one((row) => ({ allowance: printAllowance(row) })),
  },
];
