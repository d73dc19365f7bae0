import { misfit } from '../errors.ts';
import type { MakeRecords } from '../layout.ts';

/** Names of params as REST prints them; in their keys the underscores are missing, and the case varies. */
const NAMES = [
  'max_memo_characters tx_sig_limit tx_size_cost_per_byte sig_verify_cost_ed25519 sig_verify_cost_secp256k1',
  'send_enabled default_send_enabled receive_enabled constant_fee allowed_clients max_expected_time_per_block',
  'community_tax base_proposer_reward bonus_proposer_reward withdraw_addr_enabled max_evidence_age',
  'deposit_params tally_params voting_params block_params evidence_params validator_params',
  'mint_denom inflation_rate_change inflation_max inflation_min goal_bonded blocks_per_year',
  'signed_blocks_window min_signed_per_window downtime_jail_duration slash_fraction_double_sign slash_fraction_downtime',
  'unbonding_time max_validators max_entries historical_entries bond_denom',
  'vote_period vote_threshold reward_band reward_distribution_window whitelist slash_fraction slash_window min_valid_per_window',
  'base_pool pool_recovery_period min_stability_spread max_contract_size max_contract_gas max_contract_msg_size',
  'tax_policy reward_policy seigniorage_burden_target mining_increment window_short window_long window_probation',
].flatMap((names) => names.split(' '));
const BY_KEY = new Map(NAMES.map((name) => [name.replaceAll('_', ''), name]));

/** Keyed by `<subspace>/<key>`; no subspace has a slash in its name.
 *
 * @param others  names by lower-case key, where the era's REST calls a param otherwise */
export const param =
  (others: Readonly<Record<string, string>>): MakeRecords =>
  ({ key, value }) => {
    const whole = key.text();
    const slash = whole.indexOf('/');
    if (slash < 1 || slash === whole.length - 1) throw misfit('<subspace>/<key>', whole);
    const own = whole.slice(slash + 1);
    const plain = own.toLowerCase();
    return [
      {
        kind: 'param',
        subspace: whole.slice(0, slash),
        key: own,
        name: others[plain] ?? BY_KEY.get(plain),
        valueJson: value.json,
      },
    ];
  };
