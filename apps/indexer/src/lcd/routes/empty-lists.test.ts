/** What the legacy servers print where there is nothing to list, whether a recorded chain had such a moment or not. Read from the
 * code: Cosmos SDK v0.39.3 and v0.44.5 (x/<module>/keeper/querier.go, client/rest/query.go), Terra core v0.4.6 and v0.5.14. */
import { expect, test } from 'vitest';
import type { Api, Texts } from '../route.ts';
import { routes } from './index.ts';

/** Routes that answer a list, without their query. */
const EMPTY: Readonly<Record<string, null | readonly []>> = {
  '/bank/balances/{address}': [], // Coins have a MarshalJSON of their own
  '/supply/total': [],
  '/staking/validators': [], // make
  '/staking/validators/{operator}/delegations': [], // nil is replaced
  '/staking/validators/{operator}/unbonding_delegations': [], // nil is replaced
  '/staking/delegators/{delegator}/delegations': [], // nil is replaced
  '/staking/delegators/{delegator}/unbonding_delegations': [], // nil is replaced
  '/staking/delegators/{delegator}/validators': [], // nil is replaced
  '/staking/redelegations': [], // nil is replaced
  '/distribution/community_pool': null, // the REST server reads [] from amino's JSON, and has nil
  '/distribution/validators/{operator}/outstanding_rewards': [], // nil is replaced
  '/slashing/signing_infos': [], // no page begins behind the end
  '/gov/proposals': [], // make
  '/oracle/denoms/actives': [], // []string{}
  '/oracle/denoms/exchange_rates': null, // var rates sdk.DecCoins
  '/oracle/denoms/vote_targets': null, // a named result
  '/oracle/denoms/tobin_taxes': null, // var denoms types.DenomList
  '/oracle/denoms/{denom}/prevotes': [], // ExchangeRatePrevotes{}
  '/oracle/denoms/{denom}/prevotes/{operator}': [],
  '/oracle/denoms/{denom}/votes': [], // ExchangeRateVotes{}
  '/oracle/denoms/{denom}/votes/{operator}': [],
  '/oracle/voters/{operator}/prevotes': [],
  '/oracle/voters/{operator}/votes': [],
  '/oracle/voters/aggregate_prevotes': null, // var
  '/oracle/voters/aggregate_votes': null, // var
  '/treasury/tax_proceeds': [], // Coins
  '/treasury/tax_caps': null, // var
  '/evidence': [], // no page begins behind the end
  '/msgauth/granters/{granter}/grantees/{grantee}/grants': null, // var
};

const withoutQuery = (path: string): string => path.split('?')[0]!;

const isList = (value: unknown): boolean => value === null || Array.isArray(value);

/** What each list route prints for no row. */
function emptyAnswers(api: Api): Record<string, unknown> {
  const parts: Texts = { limit: '30', page: '1' };
  const answers = routes
    .filter((route) => route.api === api && route.of === undefined)
    .filter(({ path }) => !/parameters|gov.proposals.{proposal}|rewards$/.test(path))
    .flatMap(({ path, print }) => {
      try {
        const value = print([], parts);
        return isList(value) ? [[withoutQuery(path), value] as const] : [];
      } catch {
        // A route of one row that is always there.
        return [];
      }
    });
  return Object.fromEntries(answers);
}

test.each(['amino-0.39', 'amino-0.44'] as const)('the lists of %s are null or [] as Go has them', (api) => {
  const answers = emptyAnswers(api);
  const wanted = Object.fromEntries(Object.keys(answers).map((path) => [path, EMPTY[path]]));
  expect(answers).toEqual(wanted);
  expect(Object.keys(answers).length).toBeGreaterThan(15);
});

const ofValidator = (api: Api) =>
  routes.find((route) => route.api === api && route.path === '/distribution/validators/{operator}')!;
const noCoins = { account: 'terra1a', denom: null, amount: null, known: true, commission: null };

test('a validator with nothing to withdraw has null for both lists', () => {
  const own = { operator_address: 'terra1a', self_bond_rewards: null };
  expect(ofValidator('amino-0.39').print([noCoins], {})).toEqual({ ...own, val_commission: null });
  const wrapped = { ...own, val_commission: { commission: null } };
  expect(ofValidator('amino-0.44').print([noCoins], {})).toEqual(wrapped);
});
