import type { GoTime } from './time.ts';

/** Name of a set of layouts of module stores. */
export type StateEraName = 'sdk-0.39' | 'sdk-0.44';

/** A decimal with 18 places, as the integer of its 1e-18 units. */
export type Decimal = bigint;

export interface StateCoin {
  readonly denom: string;
  /** Base units. */
  readonly amount: bigint;
}

export interface DecimalCoin {
  readonly denom: string;
  /** Units of 1e-18 of a base unit. */
  readonly amount: Decimal;
}

/** What one leaf of a module's store says; a leaf may say several things. Addresses are bech32. Texts named `…Json` are
 * JSON as the chain's REST prints it: amino-JSON before SDK 0.40, the gRPC gateway's after. */
export type StateRecord =
  | AccountState
  | BalanceState
  | SupplyState
  | DenomMetadataState
  | DenomTraceState
  | VestingState
  | ValidatorState
  | ValidatorPowerState
  | DelegationState
  | UnbondingState
  | RedelegationState
  | HistoricalInfoState
  | RewardsState
  | CommunityPoolState
  | CurrentRewardsState
  | HistoricalRewardsState
  | StartingInfoState
  | SlashEventState
  | WithdrawAddressState
  | SigningInfoState
  | MissedBlockState
  | ConsensusKeyState
  | ProposalState
  | DepositState
  | VoteState
  | ParamState
  | OracleDenomState
  | OracleFeederState
  | OracleMissesState
  | OraclePrevoteState
  | OracleVoteState
  | GrantState
  | FeeAllowanceState
  | WasmCodeState
  | WasmContractState
  | WasmEntryState
  | ModuleValueState
  | IndexState
  | UnknownState;

export type StateKind = StateRecord['kind'];

export interface AccountState {
  readonly kind: 'account';
  readonly address: string;
  /** `core/Account`, `/cosmos.auth.v1beta1.BaseAccount`, ... */
  readonly type: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  /** undefined: the account never signed. */
  readonly publicKeyJson: string | undefined;
  /** Name of the module. undefined: not a module account. */
  readonly moduleName: string | undefined;
  readonly permissions: readonly string[] | undefined;
  /** Vesting accounts only: all that they have beyond a plain account. */
  readonly vestingJson: string | undefined;
}

export interface BalanceState extends StateCoin {
  readonly kind: 'balance';
  readonly address: string;
}

export interface SupplyState extends StateCoin {
  readonly kind: 'supply';
}

export interface DenomMetadataState {
  readonly kind: 'denom_metadata';
  readonly denom: string;
  readonly valueJson: string;
}

/** A denom that came by IBC: `ibc/<hash>` is `<path>/<baseDenom>` elsewhere. */
export interface DenomTraceState {
  readonly kind: 'denom_trace';
  /** sha256 of `<path>/<baseDenom>`, upper-case hex. */
  readonly hash: string;
  readonly path: string;
  readonly baseDenom: string;
}

/** One denom of a vesting account. */
export interface VestingState {
  readonly kind: 'vesting';
  readonly address: string;
  readonly denom: string;
  readonly original: bigint;
  readonly delegatedFree: bigint;
  readonly delegatedVesting: bigint;
  /** Unix seconds; undefined: the type of account has none. */
  readonly startTime: bigint | undefined;
  /** Unix seconds. 0: there is no single end; a lazy graded account has its ends in `schedulesJson`. */
  readonly endTime: bigint;
  /** This denom's `[{"start_time","end_time","ratio"}]` (lazy graded) or `[{"length","amount"}]` (periodic). */
  readonly schedulesJson: string | undefined;
}

export interface ValidatorState {
  readonly kind: 'validator';
  readonly operatorAddress: string;
  /** The operator's own account: the same bytes. */
  readonly operatorAccount: string;
  readonly consensusAddress: string;
  readonly keyType: string;
  readonly publicKey: Uint8Array;
  /** JSON of the consensus key as the chain's REST prints it in a validator. */
  readonly consensusPubkeyJson: string;
  readonly jailed: boolean;
  readonly status: 'unbonded' | 'unbonding' | 'bonded';
  readonly tokens: bigint;
  readonly delegatorShares: Decimal;
  readonly moniker: string;
  readonly descriptionJson: string;
  readonly unbondingHeight: bigint;
  readonly unbondingTime: GoTime;
  readonly commissionRate: Decimal;
  readonly commissionMaxRate: Decimal;
  readonly commissionMaxChangeRate: Decimal;
  readonly commissionUpdateTime: GoTime;
  readonly minSelfDelegation: bigint;
}

/** Power that a bonded validator had in the last set told to Tendermint. */
export interface ValidatorPowerState {
  readonly kind: 'validator_power';
  readonly operatorAddress: string;
  readonly power: bigint;
}

export interface DelegationState {
  readonly kind: 'delegation';
  readonly delegator: string;
  readonly operatorAddress: string;
  readonly shares: Decimal;
}

/** One entry of an unbonding delegation. */
export interface UnbondingState {
  readonly kind: 'unbonding';
  readonly delegator: string;
  readonly operatorAddress: string;
  readonly entryIndex: number;
  readonly creationHeight: bigint;
  readonly completionTime: GoTime;
  readonly initialBalance: bigint;
  readonly balance: bigint;
}

/** One entry of a redelegation. */
export interface RedelegationState {
  readonly kind: 'redelegation';
  readonly delegator: string;
  readonly sourceOperatorAddress: string;
  readonly destinationOperatorAddress: string;
  readonly entryIndex: number;
  readonly creationHeight: bigint;
  readonly completionTime: GoTime;
  readonly initialBalance: bigint;
  readonly sharesDestination: Decimal;
}

export interface HistoricalInfoState {
  readonly kind: 'historical_info';
  readonly height: bigint;
  readonly valueJson: string;
}

/** Rewards of one validator that are not paid out yet.
 *
 * `outstanding_rewards`: of the validator and its delegators together.
 * `accumulated_commission`: the part of them that is the validator's commission. */
export interface RewardsState {
  readonly kind: 'outstanding_rewards' | 'accumulated_commission';
  readonly operatorAddress: string;
  readonly coins: readonly DecimalCoin[];
}

export interface CommunityPoolState {
  readonly kind: 'community_pool';
  readonly coins: readonly DecimalCoin[];
}

/** Rewards of a validator's delegators in its current period. */
export interface CurrentRewardsState {
  readonly kind: 'current_rewards';
  readonly operatorAddress: string;
  readonly period: bigint;
  readonly coins: readonly DecimalCoin[];
}

/** Rewards per unit of stake up to the end of a period, per denom. */
export interface HistoricalRewardsState {
  readonly kind: 'historical_rewards';
  readonly operatorAddress: string;
  readonly period: bigint;
  readonly referenceCount: number;
  readonly ratios: readonly DecimalCoin[];
}

/** Period and height from which a delegation earns rewards. */
export interface StartingInfoState {
  readonly kind: 'starting_info';
  readonly operatorAddress: string;
  readonly delegator: string;
  readonly previousPeriod: bigint;
  readonly stake: Decimal;
  readonly height: bigint;
}

export interface SlashEventState {
  readonly kind: 'slash_event';
  readonly operatorAddress: string;
  readonly height: bigint;
  readonly validatorPeriod: bigint;
  readonly fraction: Decimal;
}

export interface WithdrawAddressState {
  readonly kind: 'withdraw_address';
  readonly delegator: string;
  readonly withdrawAddress: string;
}

export interface SigningInfoState {
  readonly kind: 'signing_info';
  readonly consensusAddress: string;
  readonly startHeight: bigint;
  readonly indexOffset: bigint;
  readonly jailedUntil: GoTime;
  readonly tombstoned: boolean;
  readonly missedBlocksCounter: bigint;
}

/** One bit of a validator's window of signed blocks. */
export interface MissedBlockState {
  readonly kind: 'missed_block';
  readonly consensusAddress: string;
  readonly blockIndex: bigint;
  readonly missed: boolean;
}

/** Public key of a consensus address that was in a validator set. */
export interface ConsensusKeyState {
  readonly kind: 'consensus_key';
  readonly consensusAddress: string;
  readonly keyType: string;
  readonly publicKey: Uint8Array;
}

export interface ProposalState {
  readonly kind: 'proposal';
  readonly proposalId: bigint;
  readonly contentType: string;
  readonly title: string | undefined;
  readonly status: 'deposit_period' | 'voting_period' | 'passed' | 'rejected' | 'failed';
  readonly submitTime: GoTime;
  readonly depositEndTime: GoTime;
  readonly votingStartTime: GoTime;
  readonly votingEndTime: GoTime;
  readonly valueJson: string;
}

export interface DepositState {
  readonly kind: 'deposit';
  readonly proposalId: bigint;
  readonly depositor: string;
  readonly coins: readonly StateCoin[];
}

/** A vote on a proposal that is not decided. */
export interface VoteState {
  readonly kind: 'vote';
  readonly proposalId: bigint;
  readonly voter: string;
  readonly options: readonly { readonly option: VoteOption; readonly weight: Decimal }[];
}

export type VoteOption = 'yes' | 'abstain' | 'no' | 'no_with_veto';

export interface ParamState {
  readonly kind: 'param';
  readonly subspace: string;
  readonly key: string;
  /** Name of the param in REST's answer about the module; undefined: not known. */
  readonly name: string | undefined;
  readonly valueJson: string;
}

export interface OracleDenomState {
  /** Units of the denom for one luna, or the tax on swaps from it. */
  readonly kind: 'oracle_rate' | 'oracle_tobin_tax';
  readonly denom: string;
  readonly value: Decimal;
}

export interface OracleFeederState {
  readonly kind: 'oracle_feeder';
  readonly operatorAddress: string;
  readonly feeder: string;
}

export interface OracleMissesState {
  readonly kind: 'oracle_misses';
  readonly operatorAddress: string;
  readonly misses: bigint;
}

export interface OraclePrevoteState {
  readonly kind: 'oracle_prevote';
  readonly operatorAddress: string;
  /** undefined: of all denoms at once (aggregate). */
  readonly denom: string | undefined;
  readonly hash: string;
  readonly submitBlock: bigint;
}

export interface OracleVoteState {
  readonly kind: 'oracle_vote';
  readonly operatorAddress: string;
  /** Part of an aggregate vote. */
  readonly aggregate: boolean;
  readonly rates: readonly { readonly denom: string; readonly rate: Decimal }[];
}

export interface GrantState {
  readonly kind: 'grant';
  readonly granter: string;
  readonly grantee: string;
  /** Type of message that is granted, which is part of the grant's key. */
  readonly messageType: string;
  readonly expiration: GoTime;
  readonly authorizationJson: string;
}

export interface FeeAllowanceState {
  readonly kind: 'fee_allowance';
  readonly granter: string;
  readonly grantee: string;
  readonly allowanceJson: string;
}

export interface WasmCodeState {
  readonly kind: 'wasm_code';
  readonly codeId: bigint;
  readonly codeHash: Uint8Array;
  readonly creator: string;
}

export interface WasmContractState {
  readonly kind: 'wasm_contract';
  readonly address: string;
  readonly codeId: bigint;
  /** Account that made the contract. undefined: the era stores only the present owner. */
  readonly creator: string | undefined;
  /** Account that may migrate the contract (columbus-4 calls it owner). undefined: nobody may. */
  readonly admin: string | undefined;
  /** undefined: the era has no such flag. */
  readonly migratable: boolean | undefined;
  /** undefined: not JSON. */
  readonly initMessageJson: string | undefined;
  readonly valueJson: string;
}

/** One key of a contract's own storage. */
export interface WasmEntryState {
  readonly kind: 'wasm_entry';
  readonly contract: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A value that a module has once, or once per key: minter, tax cap of a denom, next proposal id, ... */
export interface ModuleValueState {
  readonly kind: 'module_value';
  readonly module: string;
  readonly name: string;
  /** `''`: the module has it once. */
  readonly key: string;
  readonly valueJson: string;
}

/** A leaf that only repeats what others say (validators by power, queues by time), which is why no row is made of it. */
export interface IndexState {
  readonly kind: 'index';
  readonly store: string;
  readonly name: string;
}

/** A leaf kept as it is. */
export interface UnknownState {
  readonly kind: 'unknown';
  readonly store: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly reason: string;
  /** The store's layout has no place for this key or this value. false: the whole store is kept raw, or the leaf is decoded as
   * well. */
  readonly isMisfit: boolean;
}

/** Chain and version of a leaf. */
export interface StatePlace {
  readonly chainId: string;
  /** Version of the leaf: the block that wrote it. */
  readonly fromHeight: number;
}

/** Decodes a leaf. Never throws on any bytes: what it doesn't understand wholly is one `unknown`. */
export type DecodeState = (store: string, key: Uint8Array, value: Uint8Array) => readonly StateRecord[];
