import { formatGoTime } from '@baleen/codec';
import { coinsJson, decimalCoinsJson, decimalText, type Records } from './recorded-state.ts';

/* What REST says of staking, told from decoded records; both eras' JSON is the same but for what `Style` says. */

export interface Style {
  readonly status: (status: 'unbonded' | 'unbonding' | 'bonded') => unknown;
}

export const validatorsJson = (
  records: Records,
  style: Style,
  accepts: (operator: string, status: string) => boolean = () => true,
): unknown[] =>
  records
    .of('validator')
    .filter(({ operatorAddress, status }) => accepts(operatorAddress, status))
    .map((validator) => ({
      operator_address: validator.operatorAddress,
      consensus_pubkey: JSON.parse(validator.consensusPubkeyJson),
      jailed: validator.jailed,
      status: style.status(validator.status),
      tokens: String(validator.tokens),
      delegator_shares: decimalText(validator.delegatorShares),
      description: JSON.parse(validator.descriptionJson),
      unbonding_height: String(validator.unbondingHeight),
      unbonding_time: formatGoTime(validator.unbondingTime),
      commission: {
        commission_rates: {
          rate: decimalText(validator.commissionRate),
          max_rate: decimalText(validator.commissionMaxRate),
          max_change_rate: decimalText(validator.commissionMaxChangeRate),
        },
        update_time: formatGoTime(validator.commissionUpdateTime),
      },
      min_self_delegation: String(validator.minSelfDelegation),
    }));

type Accepts = (delegator: string, operator: string) => boolean;

const ONE = 10n ** 18n;

/** sdk.Dec's Quo: to 36 places, then rounded half to even at 18 (types/decimal.go, chopPrecisionAndRound). */
function quotient(dividend: bigint, divisor: bigint): bigint {
  const long = (dividend * ONE * ONE) / divisor;
  const units = long / ONE;
  const rest = (long % ONE) * 2n;
  return rest > ONE || (rest === ONE && units % 2n === 1n) ? units + 1n : units;
}

/** Delegations with what they are worth: shares * tokens / delegator_shares as the chain divides, then cut. */
export function delegationsOf(records: Records, accepts: Accepts) {
  const own = records.of('delegation').filter((each) => accepts(each.delegator, each.operatorAddress));
  return own.map(({ delegator, operatorAddress, shares }) => {
    const validator = records.of('validator').find((each) => each.operatorAddress === operatorAddress)!;
    const amount = quotient(shares * validator.tokens, validator.delegatorShares) / ONE;
    return {
      delegation: {
        delegator_address: delegator,
        validator_address: operatorAddress,
        shares: decimalText(shares),
      },
      balance: { denom: 'uluna', amount: String(amount) },
    };
  });
}

export const unbondingsJson = (records: Records, accepts: Accepts): unknown[] =>
  grouped(
    records.of('unbonding').filter((each) => accepts(each.delegator, each.operatorAddress)),
    (each) => `${each.delegator} ${each.operatorAddress}`,
  ).map((entries) => ({
    delegator_address: entries[0]!.delegator,
    validator_address: entries[0]!.operatorAddress,
    entries: entries.map((entry) => ({
      creation_height: String(entry.creationHeight),
      completion_time: formatGoTime(entry.completionTime),
      initial_balance: String(entry.initialBalance),
      balance: String(entry.balance),
    })),
  }));

/** Redelegations, without the balance that REST works out from the shares. */
export const redelegationsJson = (records: Records, accepts: Accepts): unknown[] =>
  grouped(
    records.of('redelegation').filter((each) => accepts(each.delegator, each.sourceOperatorAddress)),
    (each) => `${each.delegator} ${each.sourceOperatorAddress} ${each.destinationOperatorAddress}`,
  ).map((entries) => ({
    delegator_address: entries[0]!.delegator,
    validator_src_address: entries[0]!.sourceOperatorAddress,
    validator_dst_address: entries[0]!.destinationOperatorAddress,
    entries: entries.map((entry) => ({
      creation_height: Number(entry.creationHeight),
      completion_time: formatGoTime(entry.completionTime),
      initial_balance: String(entry.initialBalance),
      shares_dst: decimalText(entry.sharesDestination),
    })),
  }));

export const signingInfosJson = (records: Records, accepts: (address: string) => boolean): unknown[] =>
  records
    .of('signing_info')
    .filter(({ consensusAddress }) => accepts(consensusAddress))
    .map((info) => ({
      address: info.consensusAddress,
      start_height: String(info.startHeight),
      index_offset: String(info.indexOffset),
      jailed_until: formatGoTime(info.jailedUntil),
      tombstoned: info.tombstoned,
      missed_blocks_counter: String(info.missedBlocksCounter),
    }));

/** What the pools of bonded and other stake hold. */
export function poolJson(records: Records): unknown {
  const held = (module: string): string => {
    const { address } = records.of('account').find((each) => each.moduleName === module)!;
    const balances = records.of('balance').filter((each) => each.address === address);
    return String(balances.find(({ denom }) => denom === 'uluna')?.amount ?? 0n);
  };
  return { bonded_tokens: held('bonded_tokens_pool'), not_bonded_tokens: held('not_bonded_tokens_pool') };
}

export const balancesJson = (records: Records, address: string): unknown =>
  coinsJson(records.of('balance').filter((balance) => balance.address === address));

export const rewardsJson = (
  records: Records,
  kind: 'outstanding_rewards' | 'accumulated_commission',
  operator: string,
): unknown =>
  decimalCoinsJson(records.of(kind).find((each) => each.operatorAddress === operator)?.coins ?? []);

export const ratesJson = (records: Records): unknown =>
  decimalCoinsJson(records.of('oracle_rate').map(({ denom, value }) => ({ denom, amount: value })));

export const tobinTaxesJson = (records: Records): unknown =>
  records.of('oracle_tobin_tax').map(({ denom, value }) => ({ name: denom, tobin_tax: decimalText(value) }));

export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}
