/** What differs between the versions of Tendermint and CometBFT, as a record of functions: one file of this folder per entry. */
import type { BlockResults, ConsensusParams, EraName, Evidence } from '@baleen/chain';
import type { BlockBody } from '../tendermint/block.ts';
import type { BlockWriting } from '../tendermint/encode-block.ts';
import type { HashFormulas } from '../tendermint/hashes.ts';
import type { BlockMeta } from '../tendermint/header.ts';
import type { SignBytes } from '../tendermint/sign-bytes.ts';
import type { ValidatorsInfo } from '../tendermint/validators.ts';
import type { AnsweredSigns } from './answered-signs.ts';
import type { SoftwareVersion } from './software-version.ts';

/** What a node's databases hold that tells which version wrote their newest blocks. */
export interface StoredSigns {
  /** How the value of the key `blockStore` is written: amino-JSON until Tendermint 0.33, protobuf from 0.34. */
  readonly blockStore: 'amino' | 'proto';
  /** BlockMeta of the newest block. */
  readonly meta: Uint8Array;
  /** Value of the key `version`, which names the layout of keys; undefined: no such key. */
  readonly keyLayout: string | undefined;
  /** Whether state.db has `genesisDocHash`. */
  readonly hasGenesisDocHash: boolean;
  /** Whether one of the newest heights has `EC:<height>`. */
  readonly hasExtendedCommit: boolean;
  /** Whether there is a state.db. */
  readonly hasState: boolean;
  /** Values of `abciResponsesKey:<height>` of the newest heights that have one. */
  readonly results: readonly Uint8Array[];
  /** Value of `lastABCIResponseKey`. */
  readonly lastResults: Uint8Array | undefined;
  /** Values of `consensusParamsKey:<height>` of the newest heights that have one. */
  readonly consensusParams: readonly Uint8Array[];
  /** Version of the software that began the chain; `''`: not known. */
  readonly software: string;
}

export interface ConsensusEra {
  readonly name: EraName;
  /** Versions of the software, in words: `Tendermint 0.33`. */
  readonly versions: string;
  /** Whether a node's newest blocks were written in this form. */
  readonly wrote: (signs: StoredSigns) => boolean;
  /** Remarks about databases of this form for people, one sentence each. */
  readonly notesOf: (signs: StoredSigns) => readonly string[];
  /** Whether a node's answers over RPC are of this form. */
  readonly answers: (signs: AnsweredSigns) => boolean;
  /** Whether a node that names this version answers with blocks of this form; where `answers` says otherwise, it is right. */
  readonly serves: (version: SoftwareVersion) => boolean;
  /** How a node of this version writes the attributes of events as JSON, where its answers don't tell. */
  readonly attributesOf: (version: SoftwareVersion) => 'base64' | 'plain';
  readonly decodeMeta: (raw: Uint8Array) => BlockMeta;
  /** Decodes the joined parts of a block. */
  readonly decodeBlock: (raw: Uint8Array) => BlockBody;
  /** Decodes the value of `abciResponsesKey:<height>`. */
  readonly decodeResults: (raw: Uint8Array) => BlockResults;
  /** Decodes a ValidatorsInfo that holds a set. */
  readonly decodeValidators: (raw: Uint8Array) => ValidatorsInfo;
  /** Decodes a ConsensusParamsInfo that holds params. */
  readonly decodeConsensusParams: (raw: Uint8Array) => ConsensusParams;
  /** Decodes one piece of a block's evidence; `index` is its position. */
  readonly decodeEvidence: (raw: Uint8Array, index: number) => Evidence[];
  /** Encoding of a block's bytes. Blocks that RPC answers as JSON are encoded again to recompute their hashes. */
  readonly writing: BlockWriting;
  readonly hashes: HashFormulas;
  /** The bytes that a validator signs when it votes for a block. */
  readonly signBytes: SignBytes;
  /** Whether the hash of a block's results covers the gas of each tx. */
  readonly resultsHashCoversGas: boolean;
}
