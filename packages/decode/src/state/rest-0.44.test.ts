import { formatGoTime } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import {
  coinsJson,
  compare,
  decimalCoinsJson,
  decimalText,
  type Records,
  type Routes,
} from '../../test/recorded-state.ts';
import {
  balancesJson,
  delegationsOf,
  poolJson,
  ratesJson,
  rewardsJson,
  signingInfosJson,
  tobinTaxesJson,
  unbondingsJson,
  validatorsJson,
} from '../../test/rest-answers.ts';

const NAME = 'terra-columbus5-devnet';
const HEIGHTS = [122, 229, 306];
const style = {
  status: (status: string) => `BOND_STATUS_${status.toUpperCase()}`,
};

function accountJson(records: Records, address: string): unknown {
  const account = records.of('account').find((each) => each.address === address)!;
  const { type, moduleName, permissions, publicKeyJson, vestingJson } = account;
  const base = {
    address,
    pub_key: publicKeyJson === undefined ? null : JSON.parse(publicKeyJson),
    account_number: String(account.accountNumber),
    sequence: String(account.sequence),
  };
  if (moduleName !== undefined) return { '@type': type, base_account: base, name: moduleName, permissions };
  if (vestingJson === undefined) return { '@type': type, ...base };
  const { vesting_schedules, ...vesting } = JSON.parse(vestingJson);
  return { '@type': type, base_vesting_account: { base_account: base, ...vesting }, vesting_schedules };
}

/** A list as the gateway answers it whole. */
const listed = (name: string, list: unknown) => ({
  [name]: list,
  pagination: { next_key: null, total: String((list as unknown[]).length) },
});

/** The gateway says durations in seconds, params hold nanoseconds. */
const seconds = (params: Record<string, unknown>, ...names: string[]) => ({
  ...params,
  ...Object.fromEntries(names.map((name) => [name, `${Number(params[name]) / 1e9}s`])),
});

const validatorInfo = (records: Records, operator: string) =>
  validatorsJson(records, style, (each) => each === operator)[0];

const ADDRESS = '(terra1[a-z0-9]+)';
const OPERATOR = '(terravaloper1[a-z0-9]+)';
const CONSENSUS = '(terravalcons1[a-z0-9]+)';
const route = (text: string): RegExp => new RegExp(`^${text.replaceAll('?', '\\?')}$`);
const cosmos = (module: string, path: string): RegExp => route(`/cosmos/${module}/v1beta1/${path}`);
const terra = (module: string, path: string): RegExp => route(`/terra/${module}/v1beta1/${path}`);

const params = (pattern: RegExp, subspace: string): Routes[number] => [
  pattern,
  (records) => ({ params: records.params(subspace) }),
];

const CHAIN_ROUTES: Routes = [
  [
    cosmos('auth', `accounts/${ADDRESS}`),
    (records, address) => ({ account: accountJson(records, address!) }),
  ],
  [
    cosmos('bank', `balances/${ADDRESS}`),
    (records, address) => listed('balances', balancesJson(records, address!)),
  ],
  [cosmos('bank', 'supply'), (records) => listed('supply', coinsJson(records.of('supply')))],
  [
    cosmos('bank', 'denoms_metadata'),
    (records) =>
      listed(
        'metadatas',
        records.of('denom_metadata').map((each) => JSON.parse(each.valueJson)),
      ),
  ],
  [cosmos('staking', 'validators'), (records) => listed('validators', validatorsJson(records, style))],
  [
    cosmos('staking', `validators/${OPERATOR}`),
    (records, operator) => ({ validator: validatorInfo(records, operator!) }),
  ],
  [
    cosmos('staking', `delegations/${ADDRESS}`),
    (records, delegator) =>
      listed(
        'delegation_responses',
        delegationsOf(records, (each) => each === delegator),
      ),
  ],
  [
    cosmos('staking', `validators/${OPERATOR}/delegations`),
    (records, operator) =>
      listed(
        'delegation_responses',
        delegationsOf(records, (_, each) => each === operator),
      ),
  ],
  [
    cosmos('staking', `delegators/${ADDRESS}/unbonding_delegations`),
    (records, delegator) =>
      listed(
        'unbonding_responses',
        unbondingsJson(records, (each) => each === delegator),
      ),
  ],
  [
    cosmos('staking', `validators/${OPERATOR}/unbonding_delegations`),
    (records, operator) =>
      listed(
        'unbonding_responses',
        unbondingsJson(records, (_, each) => each === operator),
      ),
  ],
  [
    cosmos('staking', 'historical_info/(\\d+)'),
    (records, height) => ({
      hist: JSON.parse(
        records.of('historical_info').find((each) => String(each.height) === height)!.valueJson,
      ),
    }),
  ],
  [cosmos('staking', 'pool'), (records) => ({ pool: poolJson(records) })],
  [
    cosmos('slashing', 'signing_infos'),
    (records) =>
      listed(
        'info',
        signingInfosJson(records, () => true),
      ),
  ],
  [
    cosmos('slashing', `signing_infos/${CONSENSUS}`),
    (records, address) => ({ val_signing_info: signingInfosJson(records, (each) => each === address)[0] }),
  ],
  [
    cosmos('distribution', `validators/${OPERATOR}/outstanding_rewards`),
    (records, operator) => ({ rewards: { rewards: rewardsJson(records, 'outstanding_rewards', operator!) } }),
  ],
  [
    cosmos('distribution', `validators/${OPERATOR}/commission`),
    (records, operator) => ({
      commission: { commission: rewardsJson(records, 'accumulated_commission', operator!) },
    }),
  ],
  [
    cosmos('distribution', 'community_pool'),
    (records) => ({ pool: decimalCoinsJson(records.of('community_pool')[0]!.coins) }),
  ],
  [
    cosmos('distribution', `delegators/${ADDRESS}/withdraw_address`),
    (records, delegator) => ({
      withdraw_address:
        records.of('withdraw_address').find((each) => each.delegator === delegator)?.withdrawAddress ??
        delegator,
    }),
  ],
  [
    cosmos('gov', 'proposals'),
    (records) =>
      listed(
        'proposals',
        records.of('proposal').map((each) => JSON.parse(each.valueJson)),
      ),
  ],
  [
    cosmos('gov', 'proposals/(\\d+)/votes'),
    (records, id) =>
      listed(
        'votes',
        records
          .of('vote')
          .filter((each) => String(each.proposalId) === id)
          .map((each) => voteJson(each)),
      ),
  ],
  [
    cosmos('gov', 'proposals/(\\d+)/deposits'),
    (records, id) =>
      listed(
        'deposits',
        records
          .of('deposit')
          .filter((each) => String(each.proposalId) === id)
          .map((each) => ({ proposal_id: id, depositor: each.depositor, amount: coinsJson(each.coins) })),
      ),
  ],
  [cosmos('mint', 'inflation'), (records) => ({ inflation: minter(records).inflation })],
  [
    cosmos('mint', 'annual_provisions'),
    (records) => ({ annual_provisions: minter(records).annual_provisions }),
  ],
  [cosmos('upgrade', 'current_plan'), (records) => ({ plan: records.value('upgrade', 'plan') ?? null })],
  [
    cosmos('evidence', 'evidence'),
    (records) =>
      listed(
        'evidence',
        records
          .of('module_value')
          .filter(({ module }) => module === 'evidence')
          .map((each) => JSON.parse(each.valueJson)),
      ),
  ],
  [
    route(`/cosmos/authz/v1beta1/grants?granter=${ADDRESS}&grantee=${ADDRESS}`),
    (records, granter, grantee) =>
      listed(
        'grants',
        records
          .of('grant')
          .filter((each) => each.granter === granter && each.grantee === grantee)
          .map((each) => ({
            authorization: JSON.parse(each.authorizationJson),
            expiration: formatGoTime(each.expiration),
          })),
      ),
  ],
  [
    cosmos('feegrant', `allowances/${ADDRESS}`),
    (records, grantee) =>
      listed(
        'allowances',
        records
          .of('fee_allowance')
          .filter((each) => each.grantee === grantee)
          .map(({ granter, allowanceJson }) => ({ granter, grantee, allowance: JSON.parse(allowanceJson) })),
      ),
  ],
  params(cosmos('auth', 'params'), 'auth'),
  params(cosmos('distribution', 'params'), 'distribution'),
  params(cosmos('mint', 'params'), 'mint'),
  [
    cosmos('staking', 'params'),
    (records) => ({ params: seconds(records.params('staking'), 'unbonding_time') }),
  ],
  [
    cosmos('slashing', 'params'),
    (records) => ({ params: seconds(records.params('slashing'), 'downtime_jail_duration') }),
  ],
];

const TERRA_ROUTES: Routes = [
  params(terra('oracle', 'params'), 'oracle'),
  params(terra('treasury', 'params'), 'treasury'),
  params(terra('market', 'params'), 'market'),
  params(terra('wasm', 'params'), 'wasm'),
  [terra('oracle', 'denoms/exchange_rates'), (records) => ({ exchange_rates: ratesJson(records) })],
  [terra('oracle', 'denoms/tobin_taxes'), (records) => ({ tobin_taxes: tobinTaxesJson(records) })],
  [
    terra('oracle', `validators/${OPERATOR}/feeder`),
    (records, operator) => ({
      feeder_addr:
        records.of('oracle_feeder').find((each) => each.operatorAddress === operator)?.feeder ??
        records.of('validator').find((each) => each.operatorAddress === operator)?.operatorAccount ??
        // Of an operator without a validator.
        expect.stringMatching(/^terra1/),
    }),
  ],
  [
    terra('oracle', `validators/${OPERATOR}/miss`),
    (records, operator) => ({
      miss_counter: String(
        records.of('oracle_misses').find((each) => each.operatorAddress === operator)?.misses ?? 0n,
      ),
    }),
  ],
  [
    terra('oracle', 'validators/aggregate_prevotes'),
    (records) => ({
      aggregate_prevotes: records.of('oracle_prevote').map(({ hash, operatorAddress, submitBlock }) => ({
        hash,
        voter: operatorAddress,
        submit_block: String(submitBlock),
      })),
    }),
  ],
  [
    terra('oracle', 'validators/aggregate_votes'),
    (records) => ({
      aggregate_votes: records.of('oracle_vote').map(({ operatorAddress, rates }) => ({
        exchange_rate_tuples: rates.map(({ denom, rate }) => ({ denom, exchange_rate: decimalText(rate) })),
        voter: operatorAddress,
      })),
    }),
  ],
  [terra('treasury', 'tax_rate'), (records) => ({ tax_rate: records.value('treasury', 'tax_rate') })],
  [
    terra('treasury', 'reward_weight'),
    (records) => ({ reward_weight: records.value('treasury', 'reward_weight') }),
  ],
  [
    terra('treasury', 'tax_proceeds'),
    (records) => ({ tax_proceeds: records.value('treasury', 'epoch_tax_proceeds') }),
  ],
  [
    terra('treasury', 'tax_caps'),
    (records) => ({
      tax_caps: records
        .of('module_value')
        .filter(({ name }) => name === 'tax_cap')
        .map(({ key, valueJson }) => ({ denom: key, tax_cap: JSON.parse(valueJson) })),
    }),
  ],
  [
    terra('market', 'terra_pool_delta'),
    (records) => ({ terra_pool_delta: records.value('market', 'terra_pool_delta') }),
  ],
  [
    terra('wasm', 'codes/(\\d+)'),
    (records, id) => {
      const code = records.of('wasm_code').find((each) => String(each.codeId) === id)!;
      const hash = Buffer.from(code.codeHash).toString('base64');
      return { code_info: { code_id: id, code_hash: hash, creator: code.creator } };
    },
  ],
  [
    terra('wasm', `contracts/${ADDRESS}`),
    (records, address) => ({
      contract_info: JSON.parse(
        records.of('wasm_contract').find((each) => each.address === address)!.valueJson,
      ),
    }),
  ],
  [
    terra('wasm', `contracts/${ADDRESS}/store/raw?key=([\\w%]+)`),
    (records, contract, key) => {
      const wanted = Buffer.from(decodeURIComponent(key!), 'base64');
      const entry = records
        .of('wasm_entry')
        .find((each) => each.contract === contract && Buffer.compare(each.key, wanted) === 0);
      return { data: entry === undefined ? null : Buffer.from(entry.value).toString('base64') };
    },
  ],
];

const ROUTES = [...CHAIN_ROUTES, ...TERRA_ROUTES];

const minter = (records: Records): { inflation: string; annual_provisions: string } =>
  records.value('mint', 'minter') as never;

/** A vote for one option is also said the old way. */
function voteJson({ proposalId, voter, options }: ReturnType<typeof votesOf>[number]): unknown {
  const all = options.map(({ option, weight }) => ({
    option: `VOTE_OPTION_${option.toUpperCase()}`,
    weight: decimalText(weight),
  }));
  const option = all.length === 1 ? all[0]!.option : 'VOTE_OPTION_UNSPECIFIED';
  return { proposal_id: String(proposalId), voter, option, options: all };
}
const votesOf = (records: Records) => records.of('vote');

describe('decoded state of columbus-5', () => {
  const compared = new Set<string>();

  test.each(HEIGHTS)('says at height %i what the node’s REST said', (height) => {
    const answers = compare(NAME, 'sdk-0.44', height, ROUTES);
    for (const { request, route: of, expected, found } of answers) {
      expect(expected, request).toEqual(found);
      compared.add(of);
    }
    expect(answers.length).toBeGreaterThan(300);
  });

  test('was compared on every route', () => {
    expect(ROUTES.map(([pattern]) => String(pattern)).filter((each) => !compared.has(each))).toEqual([]);
  });
});
