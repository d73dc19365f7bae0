import { describe, expect, test } from 'vitest';
import { columbus4 } from './columbus-4.ts';
import { aminoPrefix, makeRegistry, uniformName } from './registry.ts';
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

  test('names each message as its protobuf successor is called', () => {
    const renamed = [...new Set(columbus4.types.values())]
      .filter(({ group, name }) => group === 'message' && name.replace('/', '.') !== name)
      .filter((registration) => uniformName(registration) !== registration.name.replace('/', '.'))
      .map((registration) => [registration.name, uniformName(registration)]);
    expect(renamed).toEqual([
      ['distribution/MsgModifyWithdrawAddress', 'distribution.MsgSetWithdrawAddress'],
      ['distribution/MsgWithdrawDelegationReward', 'distribution.MsgWithdrawDelegatorReward'],
      ['wasm/MsgUpdateContractOwner', 'wasm.MsgUpdateContractAdmin'],
    ]);
  });
});
