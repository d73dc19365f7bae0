import type pg from 'pg';

/** A chain's delegations and all that rewards are counted from. */
export interface RewardsSize {
  readonly delegations: number;
  readonly validators: number;
  /** Of every reward. */
  readonly denoms: number;
}

/** Validators with two slashes, each of 1 %: those of smaller numbers. */
const SLASHED = 10;

/** Fills the state tables of a chain. Each delegator is at two validators; each delegation began in a period of its own, of which the
 * history keeps the ratio of every denom. A third of those of a slashed validator began before both slashes, a third after both.
 *
 * @param chainId  prepared, without a state */
export async function writeRewards(client: pg.Client, chainId: string, size: RewardsSize): Promise<void> {
  await client.query(
    'insert into baleen_store.states (chain_id, height, app_hash, is_proved, leaves) values ($1, 1000000, $2, true, 0)',
    [chainId, Buffer.alloc(32)],
  );
  await client.query(`create temporary table sizes as select
    ${client.escapeLiteral(chainId)}::text as chain_id, ${size.delegations} as delegations, ${size.validators} as validators, ${size.denoms} as denoms,
    ${Math.floor(size.delegations / size.validators)} as each`);
  for (const statement of STATEMENTS) await client.query(statement);
  await client.query('drop table validators_made, delegations_made, sizes');
}

/** Periods of a validator: 2 j + 2 begins its delegation j; the slashes end those in between. */
const STATEMENTS = [
  `create temporary table validators_made as
   select s.chain_id, v, 'terravaloper1' || left(encode(sha256(v::text::bytea), 'hex'), 38) as operator,
     s.each, 2 * s.each + 10 as period, v < ${SLASHED} as is_slashed,
     array[2 * (s.each / 3) + 1, 2 * (2 * s.each / 3) + 1] as slashes
   from sizes s, generate_series(0, s.validators - 1) v`,
  `create temporary table delegations_made as
   select s.chain_id, 'terra1' || left(encode(sha256((k / 2)::text::bytea), 'hex'), 38) as delegator, v.operator, v.is_slashed, v.slashes,
     2 * (k / s.validators) + 2 as period, 1000000 + k * 7919::numeric as shares
   from sizes s cross join lateral generate_series(0, s.delegations - 1) k
   join validators_made v on v.v = (k * 7 + k / s.validators) % s.validators`,
  `insert into baleen_store.state_validators
     (chain_id, operator_address, operator_account, consensus_address, key_type, public_key, consensus_pubkey, jailed, status, tokens,
      delegator_shares, moniker, unbonding_height, commission_rate, commission_max_rate, commission_max_change_rate, min_self_delegation,
      from_height)
   select chain_id, operator, operator, 'terravalcons' || v, 'ed25519', sha256(v::text::bytea), '{}', false, 'bonded',
     case when is_slashed then 980100000000000 else 1000000000000000 end, 1000000000000000, 'validator ' || v, 0, 0.1, 0.2, 0.01, 1, 1
   from validators_made`,
  `insert into baleen_store.state_delegations (chain_id, delegator, operator_address, shares, from_height)
   select chain_id, delegator, operator, shares, 1 from delegations_made order by delegator, operator`,
  `insert into baleen_store.state_starting_infos (chain_id, delegator, operator_address, previous_period, stake, height, from_height)
   select chain_id, delegator, operator, period,
     shares * case when not is_slashed or period < slashes[1] then 1 when period < slashes[2] then 0.99 else 0.9801 end, period, 1
   from delegations_made order by operator, delegator`,
  `insert into baleen_store.state_slash_events (chain_id, operator_address, height, validator_period, fraction, from_height)
   select v.chain_id, v.operator, p, p, 0.01, 1 from validators_made v, unnest(v.slashes) p where is_slashed`,
  `insert into baleen_store.state_current_periods (chain_id, operator_address, period, from_height)
   select chain_id, operator, period, 1 from validators_made`,
  `insert into baleen_store.state_current_rewards (chain_id, operator_address, denom, amount, from_height)
   select v.chain_id, v.operator, 'denom' || d, 1000000.123456789012345678 * (d + 1), 1
   from validators_made v, sizes s, generate_series(0, s.denoms - 1) d`,
  `insert into baleen_store.state_historical_periods (chain_id, operator_address, period, reference_count, denoms, ratios, from_height)
   select v.chain_id, v.operator, p.period, 1,
     array(select 'denom' || d from generate_series(0, s.denoms - 1) d order by ('denom' || d) collate "C"),
     array(select 0.000001234567890123 * p.period * (d + 1) from generate_series(0, s.denoms - 1) d order by ('denom' || d) collate "C"), 1
   from validators_made v cross join sizes s cross join lateral (
     select m.period from delegations_made m where m.operator = v.operator
     union select unnest(v.slashes) where v.is_slashed
     union select v.period - 1
   ) p
   order by v.v, p.period`,
  `analyze baleen_store.chains, baleen_store.lineages, baleen_store.states, baleen_store.state_validators, baleen_store.state_delegations, baleen_store.state_starting_infos,
     baleen_store.state_slash_events, baleen_store.state_current_periods, baleen_store.state_current_rewards, baleen_store.state_historical_periods`,
];
