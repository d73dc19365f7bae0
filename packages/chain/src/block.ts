import type { BlockResults } from './results.ts';
import type { GoTime } from './time.ts';
import type { Tx } from './tx.ts';

/** Hash of a block and of the parts it travelled in. Hashes are 32 bytes, or empty for "no block" (nil vote, block 1). */
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
  /** Tendermint 0.31 and 0.32 only. */
  readonly numTxs?: bigint;
  /** Tendermint 0.31 and 0.32 only. */
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

/** A validator's vote inside a commit. flag 1: absent, 2: for the block, 3: nil, 4: for another block. */
export interface CommitSignature {
  readonly flag: number;
  /** The other block; only with flag 4, which Tendermint 0.31 and 0.32 alone allow. */
  readonly blockId?: BlockId;
  /** 20 bytes, empty when absent. */
  readonly address: Uint8Array;
  readonly time: GoTime;
  /** 64 bytes, empty when absent. */
  readonly signature: Uint8Array;
}

/** The commit of block `height`, as block `height + 1` carries it. */
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
  /** Height the misbehaviour happened at. */
  readonly evidenceHeight: number;
  /** 20 bytes; one `Evidence` per byzantine validator of a light client attack (empty when none is named). */
  readonly consensusAddress: Uint8Array;
  /** Voting power: the evidence names it since 0.34; before, that in the validator set of `evidenceHeight`. undefined: not known. */
  readonly power: bigint | undefined;
  readonly totalPower: bigint | undefined;
  readonly time: GoTime | undefined;
  /** The whole evidence as stored in the block (amino with prefix, or the protobuf `Evidence`). */
  readonly raw: Uint8Array;
}

export interface Validator {
  /** 20 bytes. */
  readonly address: Uint8Array;
  /** `ed25519`, `secp256k1`, `sr25519`, ... */
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
  /** First height whose votes have extensions; undefined: none has. CometBFT 0.38 and later. */
  readonly voteExtensionsHeight: bigint | undefined;
  /** First height whose time its proposer tells; undefined: none. CometBFT 1.x. */
  readonly proposerTimeHeight: bigint | undefined;
  /** Largest accepted difference of clocks, and largest accepted delay of a proposal; CometBFT 1.x only. */
  readonly synchronyPrecisionNanos: bigint | undefined;
  readonly synchronyDelayNanos: bigint | undefined;
}

/** A fully decoded block. It does not tell which source it came from. */
export interface Block {
  readonly chainId: string;
  readonly height: number;
  readonly id: BlockId;
  readonly header: Header;
  /** Bytes of the block as the node counts them (the assembled parts; from 0.33.0 this is BlockMeta's block_size). */
  readonly sizeBytes: number;
  readonly txs: readonly Tx[];
  readonly evidence: readonly Evidence[];
  /** Commit of `height - 1`; undefined in the first block of a chain. */
  readonly lastCommit: Commit | undefined;
  /** undefined: the source does not have them (pruned, discarded, block store alone, ahead of the state). */
  readonly results: BlockResults | undefined;
  /** Set that votes on this block; undefined: the source does not have it. */
  readonly validatorSet: ValidatorSet | undefined;
  /** undefined: the source does not have them. */
  readonly consensusParams: ConsensusParams | undefined;
  /** Human-readable prefix of account addresses (`terra`); undefined when nothing tells it. */
  readonly bech32Prefix: string | undefined;
}
