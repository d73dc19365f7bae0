import { describe, expect, test } from 'vitest';
import { columbus2 } from './columbus-1-and-2.ts';
import { columbus3 } from './columbus-3.ts';
import { columbus4 } from './columbus-4.ts';
import { withCosmosSdkNames } from './cosmos-sdk-names.ts';
import { aminoPrefix, makeRegistry, type Registry, uniformName } from './registry.ts';
import { sdk037 } from './sdk-0.37.ts';
import { message } from './sdk-0.39.ts';

describe('aminoPrefix', () => {
  test.each<[string, string]>([
    // Found in published txs and documentation.
    ['core/StdTx', 'C6C1023F'],
    ['cosmos-sdk/StdTx', '282816A9'],
    ['bank/MsgSend', 'C47602BF'],
    ['cosmos-sdk/MsgSend', 'A8A3619A'],
    ['market/MsgSwap', '2B4DDD92'],
    ['oracle/MsgExchangeRateVote', 'DE53E12C'],
    ['oracle/MsgExchangeRatePrevote', '7158C1DE'],
    ['tendermint/PubKeyEd25519', '1624DE64'],
    ['tendermint/PubKeySecp256k1', 'EB5AE987'],
    ['tendermint/PubKeyMultisigThreshold', '22C1F7E2'],
    // Computed elsewhere.
    ['bank/MsgMultiSend', '23FE6123'],
    ['staking/MsgCreateValidator', 'E5AACC13'],
    ['staking/MsgEditValidator', 'CF82A15F'],
    ['staking/MsgDelegate', '37FF0395'],
    ['staking/MsgUndelegate', 'E6403243'],
    ['staking/MsgBeginRedelegate', '64638C76'],
    ['distribution/MsgWithdrawDelegationReward', '8032D24C'],
    ['distribution/MsgWithdrawValidatorCommission', 'EB1E467A'],
    ['distribution/MsgModifyWithdrawAddress', '079308CA'],
    ['distribution/MsgFundCommunityPool', 'D5BD22B4'],
    ['distribution/CommunityPoolSpendProposal', '9B7FFA09'],
    ['gov/MsgSubmitProposal', '687CA71A'],
    ['gov/MsgDeposit', '541D6787'],
    ['gov/MsgVote', 'BC6056AC'],
    ['gov/TextProposal', 'ACCBA2DE'],
    ['params/ParameterChangeProposal', '3996D6BF'],
    ['cosmos/MsgUnjail', '2DCE6B5C'],
    ['slashing/MsgUnjail', 'F12D0E88'],
    ['crisis/MsgVerifyInvariant', '31330686'],
    ['market/MsgSwapSend', '64E17A2F'],
    ['oracle/MsgDelegateFeedConsent', '01FE7CF4'],
    ['oracle/MsgAggregateExchangeRatePrevote', '1534626D'],
    ['oracle/MsgAggregateExchangeRateVote', '94DB40BE'],
    ['treasury/TaxRateUpdateProposal', 'EDC3342A'],
    ['treasury/RewardWeightUpdateProposal', '609654C6'],
    ['evidence/MsgSubmitEvidence', '65D02076'],
    ['evidence/Equivocation', 'EB08A5F9'],
    ['upgrade/SoftwareUpgradeProposal', '490C3DC3'],
    ['upgrade/CancelSoftwareUpgradeProposal', 'F803FD0A'],
    ['wasm/MsgStoreCode', 'E6943FA4'],
    ['wasm/MsgInstantiateContract', 'D68953A4'],
    ['wasm/MsgExecuteContract', '1DF3648A'],
    ['wasm/MsgMigrateContract', '791C6A33'],
    ['wasm/MsgUpdateContractOwner', '938C2867'],
    ['msgauth/MsgGrantAuthorization', '908C8B26'],
    ['msgauth/MsgRevokeAuthorization', '0F4DF324'],
    ['msgauth/MsgExecAuthorized', 'FDD69428'],
    ['msgauth/SendAuthorization', '066CD719'],
    ['msgauth/GenericAuthorization', 'C0EA7E60'],
    ['tendermint/PubKeySr25519', '0DFB1005'],
  ])('of %s is %s', (name, prefix) => {
    expect(aminoPrefix(name).prefix).toBe(prefix);
  });

  test('skips zero bytes before both parts', () => {
    for (let index = 0; index < 2000; index++) {
      const { disambiguation, prefix } = aminoPrefix(`name/${index}`);
      expect(disambiguation).toMatch(/^(?!00)[0-9A-F]{6}$/);
      expect(prefix).toMatch(/^(?!00)[0-9A-F]{8}$/);
    }
  });
});

describe('makeRegistry', () => {
  test('refuses two names with one prefix', () => {
    expect(() => makeRegistry('core/StdTx', undefined, [message('a/B'), message('a/B')])).toThrow(
      'a/B and a/B share a prefix',
    );
  });

  const renamedIn = (registry: Registry): string[][] =>
    [...new Set(registry.types.values())]
      .filter(({ group }) => group === 'message')
      .map((registration) => [registration.name, uniformName(registration)])
      .filter(([name, uniform]) => name!.replace('/', '.') !== uniform);

  test('names each message as its protobuf successor is called', () => {
    expect(renamedIn(columbus4)).toEqual([
      ['distribution/MsgModifyWithdrawAddress', 'distribution.MsgSetWithdrawAddress'],
      ['distribution/MsgWithdrawDelegationReward', 'distribution.MsgWithdrawDelegatorReward'],
      ['wasm/MsgUpdateContractOwner', 'wasm.MsgUpdateContractAdmin'],
    ]);
    expect(renamedIn(columbus3)).toEqual([
      ['distribution/MsgModifyWithdrawAddress', 'distribution.MsgSetWithdrawAddress'],
      ['distribution/MsgWithdrawDelegationReward', 'distribution.MsgWithdrawDelegatorReward'],
      ['cosmos/MsgUnjail', 'slashing.MsgUnjail'],
    ]);
    expect(renamedIn(columbus2)).toEqual([
      ['pay/MsgSend', 'bank.MsgSend'],
      ['pay/MsgMultiSend', 'bank.MsgMultiSend'],
      ['distribution/MsgModifyWithdrawAddress', 'distribution.MsgSetWithdrawAddress'],
      ['distribution/MsgWithdrawDelegationReward', 'distribution.MsgWithdrawDelegatorReward'],
      ['cosmos-sdk/MsgVerifyInvariant', 'crisis.MsgVerifyInvariant'],
      ['oracle/MsgDelegateFeederPermission', 'oracle.MsgDelegateFeedConsent'],
    ]);
  });

  test('gives the types of columbus-2 and of a Cosmos chain the prefixes that their txs have', () => {
    const cosmos = makeRegistry('cosmos-sdk/StdTx', 'cosmos', withCosmosSdkNames(sdk037));
    const prefixed = (registry: Registry, ...prefixes: string[]): (string | undefined)[] =>
      prefixes.map((prefix) => registry.types.get(prefix)?.name);
    expect(columbus2.tx).toEqual({ name: 'auth/StdTx', prefix: 'F0625DEE' });
    expect(prefixed(columbus2, '6F888E96', 'BA75AC25', 'EF4F3B4E', 'ED303787', '8CDD1A24')).toEqual([
      'pay/MsgSend',
      'pay/MsgMultiSend',
      'budget/MsgSubmitProgram',
      'budget/MsgWithdrawProgram',
      'budget/MsgVoteProgram',
    ]);
    expect(prefixed(columbus2, 'A0C6EF40', '9F095E3C', '799EEA88', 'F12D0E88', 'D5BD22B4')).toEqual([
      'oracle/MsgPriceVote',
      'oracle/MsgPricePrevote',
      'oracle/MsgDelegateFeederPermission',
      'slashing/MsgUnjail',
      undefined,
    ]);
    expect(prefixed(cosmos, '8C4D710D', '543AEC70', 'B9F831AB', '8B21347C')).toEqual([
      'cosmos-sdk/MsgWithdrawDelegationReward',
      'cosmos-sdk/MsgUnjail',
      'cosmos-sdk/ParameterChangeProposal',
      'cosmos-sdk/MsgVerifyInvariant',
    ]);
  });
});
