import type { BlockResults } from './results.ts';
import type { GoTime } from './time.ts';
import type { Tx } from './tx.ts';

/** The hash of a block, and the hash of the set of parts in which nodes send it to each other. Both are 32 bytes, or empty if there is no
 * block (in a vote for nil, and as the last block of block 1). */
export interface BlockId {
  readonly hash: Uint8Array;
  readonly partsTotal: number;
  readonly partsHash: Uint8Array;
}

/** A block header. Hashes are 32 bytes, or empty where the chain wrote none; addresses are 20 bytes. */
export interface Header {
  readonly versionBlock: bigint;
  readonly versionApp: bigint;
  readonly chainId: string;
  readonly height: number;
  readonly time: GoTime;
  /** Number of the block's txs. Only headers of Tendermint 0.31 and 0.32 have it. */
  readonly numTxs?: bigint;
  /** Number of the chain's txs up to this block and with it. Only headers of Tendermint 0.31 and 0.32 have it. */
  readonly totalTxs?: bigint;
  readonly lastBlockId: BlockId;
  readonly lastCommitHash: Uint8Array;
  readonly dataHash: Uint8Array;
  readonly validatorsHash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
  readonly consensusHash: Uint8Array;
  readonly appHash: Uint8Array;
  readonly lastResultsHash: Uint8Array;
  readonly evidenceHash: Uint8Array;
  readonly proposerAddress: Uint8Array;
}

/** The vote of one validator in a commit. `flag` says for what: 1 the validator was absent, 2 the block, 3 nil, 4 another block. */
export interface CommitSignature {
  readonly flag: number;
  /** The other block; given only with flag 4, which only Tendermint 0.31 and 0.32 allow. */
  readonly blockId?: BlockId;
  /** 20 bytes, empty when absent. */
  readonly address: Uint8Array;
  readonly time: GoTime;
  /** 64 bytes, empty when absent. */
  readonly signature: Uint8Array;
}

/** The commit of block `height`, as it stands in block `height + 1`. */
export interface Commit {
  readonly height: number;
  readonly round: number;
  readonly blockId: BlockId;
  readonly signatures: readonly CommitSignature[];
}

/** One misbehaving validator of one piece of evidence in a block. */
export interface Evidence {
  readonly kind: 'duplicate_vote' | 'light_client_attack';
  /** Position of the evidence in the block's list. */
  readonly index: number;
  /** Height at which the validator misbehaved. */
  readonly evidenceHeight: number;
  /** Address of the validator, 20 bytes. A light client attack gives one `Evidence` for each byzantine validator that it names. If it
   * names none, it gives one with an empty address. */
  readonly consensusAddress: Uint8Array;
  /** Voting power of the validator. Evidence of Tendermint 0.34 and later names it; for earlier evidence it is taken from the validator set
   * at `evidenceHeight`. undefined if it is not known. */
  readonly power: bigint | undefined;
  readonly totalPower: bigint | undefined;
  readonly time: GoTime | undefined;
  /** The whole evidence as stored in the block (amino with prefix, or the protobuf `Evidence`). */
  readonly raw: Uint8Array;
}

export interface Validator {
  /** Consensus address, 20 bytes. */
  readonly address: Uint8Array;
  /** Type of the public key: `ed25519`, `secp256k1`, `sr25519`, ... */
  readonly keyType: string;
  readonly publicKey: Uint8Array;
  readonly votingPower: bigint;
}

/** The validators that vote on a block, in set order (that order is hashed). */
export interface ValidatorSet {
  readonly validators: readonly Validator[];
}

/** Consensus parameters in force at a height; undefined where the era has no such parameter. */
export interface ConsensusParams {
  readonly blockMaxBytes: bigint;
  readonly blockMaxGas: bigint;
  readonly blockTimeIotaMs: bigint | undefined;
  readonly evidenceMaxAgeBlocks: bigint | undefined;
  readonly evidenceMaxAgeNanos: bigint | undefined;
  readonly evidenceMaxBytes: bigint | undefined;
  readonly validatorKeyTypes: readonly string[];
  readonly appVersion: bigint | undefined;
  /** First height whose votes have extensions; undefined if they are off. CometBFT 0.38 and later. */
  readonly voteExtensionsHeight: bigint | undefined;
  /** First height whose block time is the proposer's clock (proposer-based timestamps); undefined if they are off. CometBFT 1.x. */
  readonly proposerTimeHeight: bigint | undefined;
  /** Largest difference between the validators' clocks, and largest delay of a proposal, that validators accept. CometBFT 1.x only. */
  readonly synchronyPrecisionNanos: bigint | undefined;
  readonly synchronyDelayNanos: bigint | undefined;
}

/** A fully decoded block. Blocks from different sources are equal: nothing in it names the source. */
export interface Block {
  readonly chainId: string;
  readonly height: number;
  readonly id: BlockId;
  readonly header: Header;
  /** Size of the block in bytes, as the node counts it: the sum of its parts. From Tendermint 0.33.0 on this is BlockMeta's block_size. */
  readonly sizeBytes: number;
  readonly txs: readonly Tx[];
  readonly evidence: readonly Evidence[];
  /** The commit of the block below (`height - 1`); undefined in the first block of a chain. */
  readonly lastCommit: Commit | undefined;
  /** Results of the txs and of the block's begin and end. undefined if the source does not have them: the node pruned or discarded them or
   * has not executed the block yet, or there is no state.db. */
  readonly results: BlockResults | undefined;
  /** The validators that vote on this block; undefined if the source does not have them. */
  readonly validatorSet: ValidatorSet | undefined;
  /** The parameters in force at this block; undefined if the source does not have them. */
  readonly consensusParams: ConsensusParams | undefined;
  /** Human-readable prefix of account addresses (`terra`); undefined if the source does not tell it. */
  readonly bech32Prefix: string | undefined;
}
