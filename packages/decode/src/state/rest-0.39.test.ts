import { formatGoTime } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import {
  coinsJson,
  compare,
  decimalCoinsJson,
  decimalText,
  FROM_TXS,
  type Records,
  type Routes,
} from '../../test/recorded-state.ts';
import {
  balancesJson,
  delegationsOf,
  poolJson,
  ratesJson,
  redelegationsJson,
  rewardsJson,
  signingInfosJson,
  tobinTaxesJson,
  unbondingsJson,
  validatorsJson,
} from '../../test/rest-answers.ts';

const NAME = 'terra-columbus4-devnet';
const HEIGHTS = [75, 193, 290];
const STATUSES = ['unbonded', 'unbonding', 'bonded'] as const;
const style = { status: (status: (typeof STATUSES)[number]) => STATUSES.indexOf(status) };

const NO_ACCOUNT = {
  type: 'core/Account',
  value: { address: '', coins: [], public_key: null, account_number: '0', sequence: '0' },
};

function accountJson(records: Records, address: string): unknown {
  const account = records.of('account').find((each) => each.address === address);
  if (account === undefined) return NO_ACCOUNT;
  const { moduleName, permissions, publicKeyJson, vestingJson } = account;
  const noKey = moduleName === undefined ? null : '';
  return {
    type: account.type,
    value: {
      address,
      coins: balancesJson(records, address),
      public_key: publicKeyJson === undefined ? noKey : JSON.parse(publicKeyJson),
      account_number: String(account.accountNumber),
      sequence: String(account.sequence),
      ...(moduleName !== undefined && {
        name: moduleName,
        permissions: permissions!.length === 0 ? null : permissions,
      }),
      ...(vestingJson !== undefined && JSON.parse(vestingJson)),
    },
  };
}

const flatDelegations = (records: Records, accepts: (delegator: string, operator: string) => boolean) =>
  delegationsOf(records, accepts).map(({ delegation, balance }) => ({ ...delegation, balance }));

/** The node adds what the shares are worth. */
const withWorth = (redelegations: unknown[]) =>
  redelegations.map((each) => {
    const { entries } = each as { entries: object[] };
    return {
      ...(each as object),
      entries: entries.map((entry) => ({ ...entry, balance: expect.any(String) })),
    };
  });

/** Go prints a nil list as null. */
const nilWhenEmpty = (list: unknown): unknown => ((list as unknown[]).length === 0 ? null : list);

/** Votes and deposits are removed with the decision; REST then looks for the txs that made them. */
const isDecided = (records: Records, id: string): boolean =>
  !/period/.test(records.of('proposal').find((each) => String(each.proposalId) === id)!.status);

/** An era with one option per vote. */
const OPTIONS = { yes: 'Yes', abstain: 'Abstain', no: 'No', no_with_veto: 'NoWithVeto' };

const ADDRESS = '(terra1[a-z0-9]+)';
const OPERATOR = '(terravaloper1[a-z0-9]+)';
const route = (text: string): RegExp => new RegExp(`^${text.replaceAll('?', '\\?')}$`);
const textBytes = (text: string): Buffer => Buffer.from(text);

const params = (path: string, subspace: string): Routes[number] => [
  route(`/${path}/parameters`),
  (records) => records.params(subspace),
];

/** The node puts the length of the key before it, as contracts do. */
const rawEntry = (records: Records, contract: string, key: string): unknown => {
  const own = Buffer.concat([Buffer.from([0, key.length]), textBytes(key)]);
  const entry = records
    .of('wasm_entry')
    .find((each) => each.contract === contract && Buffer.compare(each.key, own) === 0);
  return { key: own.toString('base64'), value: Buffer.from(entry?.value ?? []).toString('base64') };
};

const ROUTES: Routes = [
  [route(`/auth/accounts/${ADDRESS}`), (records, address) => accountJson(records, address!)],
  [route(`/bank/balances/${ADDRESS}`), (records, address) => balancesJson(records, address!)],
  [route('/supply/total'), (records) => coinsJson(records.of('supply'))],
  [
    route('/staking/validators'),
    (records) => validatorsJson(records, style, (_, status) => status === 'bonded'),
  ],
  [
    route('/staking/validators?status=(\\w+)'),
    (records, wanted) => validatorsJson(records, style, (_, status) => status === wanted),
  ],
  [
    route(`/staking/validators/${OPERATOR}`),
    (records, operator) => validatorsJson(records, style, (each) => each === operator)[0],
  ],
  [
    route(`/staking/validators/${OPERATOR}/delegations`),
    (records, operator) => flatDelegations(records, (_, each) => each === operator),
  ],
  [
    route(`/staking/delegators/${ADDRESS}/delegations`),
    (records, delegator) => flatDelegations(records, (each) => each === delegator),
  ],
  [
    route(`/staking/validators/${OPERATOR}/unbonding_delegations`),
    (records, operator) => unbondingsJson(records, (_, each) => each === operator),
  ],
  [
    route(`/staking/delegators/${ADDRESS}/unbonding_delegations`),
    (records, delegator) => unbondingsJson(records, (each) => each === delegator),
  ],
  [route('/staking/redelegations'), (records) => withWorth(redelegationsJson(records, () => true))],
  [
    route(`/staking/redelegations?delegator=${ADDRESS}`),
    (records, delegator) => withWorth(redelegationsJson(records, (each) => each === delegator)),
  ],
  [
    route(`/staking/redelegations?validator_from=${OPERATOR}`),
    (records, operator) => withWorth(redelegationsJson(records, (_, each) => each === operator)),
  ],
  [route('/staking/pool'), poolJson],
  params('staking', 'staking'),
  params('slashing', 'slashing'),
  params('distribution', 'distribution'),
  params('oracle', 'oracle'),
  params('treasury', 'treasury'),
  params('market', 'market'),
  params('minting', 'mint'),
  params('wasm', 'wasm'),
  [route('/gov/parameters/deposit'), (records) => records.params('gov').deposit_params],
  [route('/gov/parameters/voting'), (records) => records.params('gov').voting_params],
  [route('/gov/parameters/tallying'), (records) => records.params('gov').tally_params],
  [route('/slashing/signing_infos?page=1&limit=100'), (records) => signingInfosJson(records, () => true)],
  [
    route(`/distribution/validators/${OPERATOR}/outstanding_rewards`),
    (records, operator) => rewardsJson(records, 'outstanding_rewards', operator!),
  ],
  [
    route(`/distribution/validators/${OPERATOR}`),
    (records, operator) => ({
      operator_address: records.of('validator').find((each) => each.operatorAddress === operator)!
        .operatorAccount,
      self_bond_rewards: expect.anything(),
      val_commission: nilWhenEmpty(rewardsJson(records, 'accumulated_commission', operator!)),
    }),
  ],
  [
    route('/distribution/community_pool'),
    (records) => decimalCoinsJson(records.of('community_pool')[0]!.coins),
  ],
  [
    route(`/distribution/delegators/${ADDRESS}/withdraw_address`),
    (records, delegator) =>
      records.of('withdraw_address').find((each) => each.delegator === delegator)?.withdrawAddress ??
      delegator,
  ],
  [route('/gov/proposals'), (records) => records.of('proposal').map((each) => JSON.parse(each.valueJson))],
  [
    route('/gov/proposals/(\\d+)'),
    (records, id) =>
      JSON.parse(records.of('proposal').find((each) => String(each.proposalId) === id)!.valueJson),
  ],
  [
    route('/gov/proposals/(\\d+)/deposits'),
    (records, id) =>
      isDecided(records, id!)
        ? FROM_TXS
        : records
            .of('deposit')
            .filter((each) => String(each.proposalId) === id)
            .map(({ depositor, coins }) => ({ proposal_id: id, depositor, amount: coinsJson(coins) })),
  ],
  [
    route('/gov/proposals/(\\d+)/votes'),
    (records, id) =>
      isDecided(records, id!)
        ? FROM_TXS
        : records
            .of('vote')
            .filter((each) => String(each.proposalId) === id)
            .map(({ voter, options }) => ({ proposal_id: id, voter, option: OPTIONS[options[0]!.option] })),
  ],
  [route('/oracle/denoms/exchange_rates'), ratesJson],
  [route('/oracle/denoms/actives'), (records) => records.of('oracle_rate').map(({ denom }) => denom)],
  [route('/oracle/denoms/tobin_taxes'), tobinTaxesJson],
  [
    route(`/oracle/voters/${OPERATOR}/feeder`),
    (records, operator) =>
      records.of('oracle_feeder').find((each) => each.operatorAddress === operator)?.feeder ??
      records.of('validator').find((each) => each.operatorAddress === operator)?.operatorAccount ??
      // Of an operator without a validator.
      expect.stringMatching(/^terra1/),
  ],
  [
    route(`/oracle/voters/${OPERATOR}/miss`),
    (records, operator) =>
      String(records.of('oracle_misses').find((each) => each.operatorAddress === operator)?.misses ?? 0n),
  ],
  [
    route(`/oracle/voters/${OPERATOR}/aggregate_prevote`),
    (records, operator) => {
      const all = records.of('oracle_prevote').filter(({ denom }) => denom === undefined);
      const found = all.find((each) => each.operatorAddress === operator)!;
      return { hash: found.hash, voter: operator, submit_block: String(found.submitBlock) };
    },
  ],
  [
    route(`/oracle/voters/${OPERATOR}/aggregate_vote`),
    (records, operator) => {
      const all = records.of('oracle_vote').filter(({ aggregate }) => aggregate);
      const found = all.find((each) => each.operatorAddress === operator)!;
      const tuples = found.rates.map(({ denom, rate }) => ({ denom, exchange_rate: decimalText(rate) }));
      return { exchange_rate_tuples: tuples, voter: operator };
    },
  ],
  [
    route('/oracle/denoms/(\\w+)/prevotes'),
    (records, denom) =>
      records
        .of('oracle_prevote')
        .filter((each) => each.denom === denom)
        .map(({ hash, operatorAddress, submitBlock }) => ({
          hash,
          denom,
          voter: operatorAddress,
          submit_block: String(submitBlock),
        })),
  ],
  [
    route('/oracle/denoms/(\\w+)/votes'),
    (records, denom) =>
      records
        .of('oracle_vote')
        .filter((each) => !each.aggregate && each.rates[0]!.denom === denom)
        .map(({ operatorAddress, rates }) => ({
          exchange_rate: decimalText(rates[0]!.rate),
          denom,
          voter: operatorAddress,
        })),
  ],
  [route('/treasury/tax_rate'), (records) => records.value('treasury', 'tax_rate')],
  [route('/treasury/reward_weight'), (records) => records.value('treasury', 'reward_weight')],
  [route('/treasury/tax_proceeds'), (records) => records.value('treasury', 'epoch_tax_proceeds') ?? []],
  [route('/market/terra_pool_delta'), (records) => records.value('market', 'terra_pool_delta')],
  [route('/minting/inflation'), (records) => (records.value('mint', 'minter') as Minter).inflation],
  [
    route('/minting/annual-provisions'),
    (records) => (records.value('mint', 'minter') as Minter).annual_provisions,
  ],
  [
    route('/wasm/codes/(\\d+)'),
    (records, id) => {
      const code = records.of('wasm_code').find((each) => String(each.codeId) === id)!;
      const hash = Buffer.from(code.codeHash).toString('base64');
      return { code_id: id, code_hash: hash, creator: code.creator };
    },
  ],
  [
    route(`/wasm/contracts/${ADDRESS}`),
    (records, address) =>
      JSON.parse(records.of('wasm_contract').find((each) => each.address === address)!.valueJson),
  ],
  [
    route(`/wasm/contracts/${ADDRESS}/store/raw?key=(\\w+)`),
    (records, contract, key) => rawEntry(records, contract!, key!),
  ],
  [
    route(`/msgauth/granters/${ADDRESS}/grantees/${ADDRESS}/grants`),
    (records, granter, grantee) => {
      const grants = records
        .of('grant')
        .filter((each) => each.granter === granter && each.grantee === grantee)
        .map((each) => ({
          authorization: JSON.parse(each.authorizationJson),
          expiration: formatGoTime(each.expiration),
        }));
      return grants.length === 0 ? null : grants;
    },
  ],
];

interface Minter {
  readonly inflation: string;
  readonly annual_provisions: string;
}

describe('decoded state of columbus-4', () => {
  const compared = new Set<string>();

  test.each(HEIGHTS)('says at height %i what the node’s REST said', (height) => {
    const answers = compare(NAME, 'sdk-0.39', height, ROUTES);
    for (const { request, route: of, expected, found } of answers) {
      expect((expected as { result: unknown }).result, request).toEqual(found);
      compared.add(of);
    }
    expect(answers.length).toBeGreaterThan(280);
  });

  test('was compared on every route', () => {
    expect(ROUTES.map(([pattern]) => String(pattern)).filter((each) => !compared.has(each))).toEqual([]);
  });
});
