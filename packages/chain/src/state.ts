import type { GoTime } from './time.ts';

/** Name of a state era: the SDK versions whose modules lay out their stores in the same way. */
export type StateEraName = 'sdk-0.39' | 'sdk-0.44';

/** A decimal with 18 places, as the integer of its 1e-18 units. */
export type Decimal = bigint;

export interface StateCoin {
  readonly denom: string;
  /** In base units. */
  readonly amount: bigint;
}

export interface DecimalCoin {
  readonly denom: string;
  /** In units of 1e-18 of a base unit. */
  readonly amount: Decimal;
}

/** One fact that a leaf of a module's store was decoded to. A leaf may give several records. Addresses are bech32. Texts named `…Json`
 * are JSON as the chain's REST server prints it: amino JSON before SDK 0.40, the gRPC gateway's JSON from 0.40 on. */
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
  /** Type of the account: `core/Account`, `/cosmos.auth.v1beta1.BaseAccount`, ... */
  readonly type: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  /** JSON of the account's public key; undefined if the account has never signed a tx. */
  readonly publicKeyJson: string | undefined;
  /** Name of the module that owns the account; undefined if it is no module account. */
  readonly moduleName: string | undefined;
  readonly permissions: readonly string[] | undefined;
  /** JSON of all fields that a vesting account has beyond a plain account; undefined for other accounts. */
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

/** The origin of a denom that came over IBC: `ibc/<hash>` on this chain stands for `<path>/<baseDenom>`. */
export interface DenomTraceState {
  readonly kind: 'denom_trace';
  /** sha256 of `<path>/<baseDenom>`, upper-case hex. */
  readonly hash: string;
  readonly path: string;
  readonly baseDenom: string;
}

/** What a vesting account has of one denom. */
export interface VestingState {
  readonly kind: 'vesting';
  readonly address: string;
  readonly denom: string;
  readonly original: bigint;
  readonly delegatedFree: bigint;
  readonly delegatedVesting: bigint;
  /** When vesting starts, in Unix seconds; undefined if this type of account does not store it. */
  readonly startTime: bigint | undefined;
  /** When vesting ends, in Unix seconds. 0 if there is no single end: a lazy graded account has its ends in `schedulesJson`. */
  readonly endTime: bigint;
  /** This denom's vesting schedule: `[{"start_time","end_time","ratio"}]` of a lazy graded account, `[{"length","amount"}]` of a periodic
   * one. undefined for other accounts. */
  readonly schedulesJson: string | undefined;
}

export interface ValidatorState {
  readonly kind: 'validator';
  readonly operatorAddress: string;
  /** Address of the operator's own account. It has the same bytes as the operator address, with another prefix. */
  readonly operatorAccount: string;
  readonly consensusAddress: string;
  readonly keyType: string;
  readonly publicKey: Uint8Array;
  /** JSON of the validator's consensus public key, as the chain's REST server prints it inside a validator. */
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

/** The voting power of a bonded validator in the last set that the application sent to Tendermint. */
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
 * `outstanding_rewards` are those of the validator and its delegators together.
 * `accumulated_commission` is the part of them that is the validator's commission. */
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

/** Says whether a validator missed one block of its signing window. */
export interface MissedBlockState {
  readonly kind: 'missed_block';
  readonly consensusAddress: string;
  readonly blockIndex: bigint;
  readonly missed: boolean;
}

/** The public key of a consensus address. The store keeps it for each validator that was ever in a validator set. */
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

/** A vote on a governance proposal that is not decided yet. */
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
  /** Name of the parameter in the REST server's answer about the module's parameters; undefined if it is not known. */
  readonly name: string | undefined;
  readonly valueJson: string;
}

export interface OracleDenomState {
  /** `oracle_rate`: how many units of the denom one luna is worth. `oracle_tobin_tax`: the tax on swaps from the denom. */
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
  /** The denom whose rate the validator has committed to; undefined if it is an aggregate prevote, which covers all denoms. */
  readonly denom: string | undefined;
  readonly hash: string;
  readonly submitBlock: bigint;
}

export interface OracleVoteState {
  readonly kind: 'oracle_vote';
  readonly operatorAddress: string;
  /** True if the validator voted on the rates of all denoms at once (an aggregate vote). */
  readonly aggregate: boolean;
  readonly rates: readonly { readonly denom: string; readonly rate: Decimal }[];
}

export interface GrantState {
  readonly kind: 'grant';
  readonly granter: string;
  readonly grantee: string;
  /** Type of the messages that the grantee may send for the granter. It is part of the grant's key. */
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
  /** Account that created the contract; undefined if the state era stores only the present owner. */
  readonly creator: string | undefined;
  /** Account that may migrate the contract (columbus-4 calls it owner); undefined if nobody may. */
  readonly admin: string | undefined;
  /** True if the contract may be migrated; undefined if the state era does not store it. */
  readonly migratable: boolean | undefined;
  /** JSON of the message that created the contract; undefined if the stored bytes are not JSON. */
  readonly initMessageJson: string | undefined;
  readonly valueJson: string;
}

/** One key of a contract's own storage, with its value. */
export interface WasmEntryState {
  readonly kind: 'wasm_entry';
  readonly contract: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A single value of a module (minter, next proposal id, …), or one that it has for each key (tax cap of a denom, …). */
export interface ModuleValueState {
  readonly kind: 'module_value';
  readonly module: string;
  readonly name: string;
  /** Key of the value; `''` if the module has a single one. */
  readonly key: string;
  readonly valueJson: string;
}

/** A leaf that only repeats what other leaves say (validators by power, queues by time). It gives no row. */
export interface IndexState {
  readonly kind: 'index';
  readonly store: string;
  readonly name: string;
}

/** A leaf that is not decoded and is kept as its bytes. */
export interface UnknownState {
  readonly kind: 'unknown';
  readonly store: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly reason: string;
  /** True if no layout of the state era fits this store, key or value. False if Baleen keeps the whole store raw on purpose, or if the
   * leaf is decoded as well. */
  readonly isMisfit: boolean;
}

/** The chain of a leaf, and the height at which the leaf was written. */
export interface StatePlace {
  readonly chainId: string;
  /** Height of the block that wrote the leaf: the leaf's version in IAVL. */
  readonly fromHeight: number;
}

/** Decodes a leaf. It never throws: a leaf that it can't decode entirely becomes one record of kind `unknown`. */
export type DecodeState = (store: string, key: Uint8Array, value: Uint8Array) => readonly StateRecord[];
