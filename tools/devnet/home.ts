/** The home of a chain's only validator: made by the node's own `init`, then genesis and config to our measure. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBech32 } from '@baleen/codec';
import type { Account } from './account.ts';
import type { HomePlan, HomeSettings } from './chain-kind.ts';
import { feeJson, signBytes } from './std-tx.ts';
import { writeSettings } from './toml-settings.ts';

const GENTX_FEE = { fee: [], gas: 200_000 };
const STAKE = '50000000000';
const RICHES = [
  { denom: 'ukrw', amount: '1000000000000' },
  { denom: 'uluna', amount: '1000000000000' },
  { denom: 'uusd', amount: '1000000000000' },
];

export function prepareHome(daemon: string, home: string, plan: HomePlan): void {
  const file = join(home, 'config/genesis.json');
  if (existsSync(file)) return;
  execFileSync(daemon, ['init', 'devnet', '--chain-id', plan.chainId, '--home', home], { stdio: 'pipe' });
  const genesis = JSON.parse(readFileSync(file, 'utf8'));
  // Blocks come faster than once a second: with the default of 1000 their time would run ahead of the clock.
  genesis.consensus_params.block.time_iota_ms = '10';
  genesis.app_state.auth.accounts = [plan.validator, ...plan.users].map(genesisAccount);
  genesis.app_state.staking.params.historical_entries = 20;
  genesis.app_state.genutil.gentxs = [createValidatorTx(home, plan)];
  writeFileSync(file, JSON.stringify(genesis, null, 1));
  execFileSync(daemon, ['validate-genesis', '--home', home], { stdio: 'pipe' });
}

const genesisAccount = ({ address }: Account): unknown => ({
  type: 'core/Account',
  value: { address, coins: RICHES, public_key: null, account_number: '0', sequence: '0' },
});

function createValidatorTx(home: string, { chainId, prefix, validator }: HomePlan): unknown {
  const message = createValidator(validator, consensusKey(home, prefix));
  const fee = feeJson(GENTX_FEE);
  const signature = validator.sign(
    signBytes([message], fee, '', { chainId, accountNumber: '0', sequence: 0 }),
  );
  const key = { type: 'tendermint/PubKeySecp256k1', value: base64(validator.publicKey) };
  const signatures = [{ pub_key: key, signature: base64(signature) }];
  return { type: 'core/StdTx', value: { msg: [message], fee, signatures, memo: '' } };
}

function createValidator(
  { address, operatorAddress }: Account,
  pubkey: string,
): { type: string; value: Record<string, unknown> } {
  const decimal = (text: string): string => text.padEnd(20, '0');
  return {
    type: 'staking/MsgCreateValidator',
    value: {
      description: { moniker: 'devnet', identity: '', website: '', security_contact: '', details: '' },
      commission: { rate: decimal('0.1'), max_rate: decimal('0.2'), max_change_rate: decimal('0.01') },
      min_self_delegation: '1',
      delegator_address: address,
      validator_address: operatorAddress,
      pubkey,
      value: { denom: 'uluna', amount: STAKE },
    },
  };
}

/** The validator's ed25519 key as the SDK shows it: bech32 of amino. */
function consensusKey(home: string, prefix: string): string {
  const file = JSON.parse(readFileSync(join(home, 'config/priv_validator_key.json'), 'utf8'));
  const amino = Buffer.concat([Buffer.from('1624de6420', 'hex'), Buffer.from(file.pub_key.value, 'base64')]);
  return encodeBech32(`${prefix}valconspub`, amino);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export function configureNode(home: string, { rpc, p2p, blockTimeMs }: HomeSettings): void {
  writeSettings(join(home, 'config/config.toml'), [
    { section: '', name: 'fast_sync', value: 'false' },
    { section: '', name: 'prof_laddr', value: '""' },
    { section: 'rpc', name: 'laddr', value: `"tcp://127.0.0.1:${rpc}"` },
    { section: 'p2p', name: 'laddr', value: `"tcp://127.0.0.1:${p2p}"` },
    { section: 'p2p', name: 'pex', value: 'false' },
    { section: 'consensus', name: 'timeout_commit', value: `"${blockTimeMs}ms"` },
  ]);
}
