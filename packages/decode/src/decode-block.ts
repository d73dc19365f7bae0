import {
  BaleenError,
  type Block,
  type BlockId,
  type BlockResults,
  type ConsensusParams,
  type ErrorCode,
  type Evidence,
  type RawBlock,
  type RawLevelDbBlock,
  type RawRpcBlock,
  type RawStoredBlock,
  type Tx,
  type TxReading,
} from '@baleen/chain';
import { sha256 } from '@baleen/codec';
import type { DecodeTx } from './applications/application.ts';
import { createTxDecoders } from './applications/tx-decoders.ts';
import type { ConsensusEra } from './consensus/era.ts';
import { consensusEras } from './consensus/index.ts';
import { rememberLast } from './remember-last.ts';
import type { DecodedBlock } from './rpc/block.ts';
import type * as rpcRoom from './rpc/index.ts';
import type { BlockBody } from './tendermint/block.ts';
import type { ValidatorsInfo } from './tendermint/validators.ts';

/** An era with the caches of one decoder. */
type EraWithCaches = ConsensusEra & { readonly rpc: OfRpc | undefined };

interface OfRpc extends rpcRoom.RpcDecoder {
  readonly prove: typeof rpcRoom.proveBlock;
}

/** The decoded parts of a block, the same from LevelDB and from RPC. */
interface Pieces {
  readonly id: BlockId;
  readonly body: BlockBody;
  readonly sizeBytes: number;
  readonly results: BlockResults | undefined;
  readonly validators: ValidatorsInfo | undefined;
  readonly consensusParams: ConsensusParams | undefined;
}

/** Decodes a raw block. `reading` names the applications that decode its txs. If it is missing, the application is chosen by the chain's
 * id and the block's consensus era. */
export type DecodeBlock = (raw: RawBlock, reading?: TxReading) => Block;

/** Makes a decoder of raw blocks. The decoder throws a BaleenError of kind data with a code DECODE_…. It caches only the last validator
 * set and the last consensus params, because neighbouring blocks share them.
 *
 * @param rpc  the module `@baleen/decode/rpc`, needed for blocks from an RPC node. Threads that read files leave it out, since its schemas
 *             take 20 MB in each thread */
export function createBlockDecoder(rpc?: typeof rpcRoom): DecodeBlock {
  const eras = new Map<string, EraWithCaches>();
  const txDecoderOf = createTxDecoders();
  return (raw, reading) => {
    let era = eras.get(raw.era);
    if (era === undefined) eras.set(raw.era, (era = withCaches(consensusEras[raw.era], rpc)));
    return decodeBlock(raw, era, txDecoderOf(raw, reading));
  };
}

function withCaches(era: ConsensusEra, rpc: typeof rpcRoom | undefined): EraWithCaches {
  return {
    ...era,
    rpc: rpc && { ...rpc.createRpcDecoder(era), prove: rpc.proveBlock },
    hashes: {
      ...era.hashes,
      validators: rememberLast(era.hashes.validators),
      consensusParams: rememberLast(era.hashes.consensusParams),
    },
    decodeValidators: rememberLast(era.decodeValidators, sameBytes),
    decodeConsensusParams: rememberLast(era.decodeConsensusParams, sameBytes),
  };
}

const sameBytes = (left: Uint8Array, right: Uint8Array): boolean =>
  left === right || Buffer.compare(left, right) === 0;

function decodeBlock(raw: RawBlock, era: EraWithCaches, decodeTx: DecodeTx): Block {
  if (raw.encoding === 'stored') return decodeStored(raw, decodeTx);
  if (raw.encoding === 'leveldb') return assemble(raw, decodeLevelDb(raw, era), decodeTx);
  const { rpc } = era;
  if (rpc === undefined)
    throw new TypeError('a block of RPC, and createBlockDecoder was not given @baleen/decode/rpc');
  const decoded = inField(raw, 'answer', () => rpc.block(raw));
  const block = assemble(raw, decodeAnswers(raw, decoded, rpc), decodeTx);
  rpc.prove(block, raw, decoded, era);
  return block;
}

function decodeLevelDb(raw: RawLevelDbBlock, era: EraWithCaches): Pieces {
  const meta = inField(raw, 'meta', () => era.decodeMeta(raw.meta));
  expectEqual(raw, 'DECODE_PARTS', 'number of parts', meta.id.partsTotal, raw.parts.length);
  const joined = raw.parts.length === 1 ? raw.parts[0]! : Buffer.concat(raw.parts);
  const body = inField(raw, 'block', () => era.decodeBlock(joined));
  checkBody(raw, meta.txCount, body);
  return {
    id: meta.id,
    body,
    sizeBytes: meta.blockSize ?? body.sizeBytes,
    results: raw.results && inField(raw, 'results', () => era.decodeResults(raw.results!)),
    validators: raw.validators && inField(raw, 'validators', () => era.decodeValidators(raw.validators!)),
    consensusParams:
      raw.consensusParams &&
      inField(raw, 'consensus params', () => era.decodeConsensusParams(raw.consensusParams!)),
  };
}

const decodeStored = (raw: RawStoredBlock, decodeTx: DecodeTx): Block => ({
  ...raw.block,
  txs: raw.txs.map((tx, index) => decoded(tx, index, decodeTx, raw.bech32Prefix)),
});

function decodeAnswers(raw: RawRpcBlock, decoded: DecodedBlock, rpc: OfRpc): Pieces {
  const { id, body, encoded } = decoded;
  checkBody(raw, body.txs.length, body);
  return {
    id,
    body,
    sizeBytes: encoded.sizeBytes,
    results: inField(raw, 'answer', () => rpc.results(raw)),
    validators: inField(raw, 'answer', () => rpc.validators(raw, decoded)),
    consensusParams: inField(raw, 'answer', () => rpc.consensusParams(raw)),
  };
}

function assemble(raw: RawBlock, pieces: Pieces, decodeTx: DecodeTx): Block {
  const { id, body, sizeBytes, results, validators, consensusParams } = pieces;
  if (results !== undefined)
    expectEqual(raw, 'DECODE_RESULT_COUNT', 'number of tx results', body.txs.length, results.txs.length);
  return {
    chainId: raw.chainId,
    height: raw.height,
    id,
    header: body.header,
    sizeBytes,
    txs: body.txs.map((tx, index) =>
      decoded({ raw: tx, result: results?.txs[index] }, index, decodeTx, raw.bech32Prefix),
    ),
    evidence: body.evidence.map((each) => withPower(each, raw.height, validators)),
    lastCommit: body.lastCommit,
    results,
    validatorSet: validators?.set,
    consensusParams,
    bech32Prefix: raw.bech32Prefix,
  };
}

function checkBody(raw: RawBlock, txCount: number, body: BlockBody): void {
  expectEqual(raw, 'DECODE_HEIGHT', 'header.height', raw.height, body.header.height);
  expectEqual(raw, 'DECODE_CHAIN_ID', 'header.chain_id', raw.chainId, body.header.chainId);
  expectEqual(raw, 'DECODE_TX_COUNT', 'number of txs', txCount, body.txs.length);
  const { lastCommit } = body;
  if (lastCommit !== undefined)
    expectEqual(raw, 'DECODE_COMMIT_HEIGHT', 'last_commit.height', raw.height - 1, lastCommit.height);
}

function decoded(
  { raw, result }: Pick<Tx, 'raw' | 'result'>,
  index: number,
  decodeTx: DecodeTx,
  prefix: string | undefined,
): Tx {
  const base = { index, hash: sha256(raw), raw, result };
  try {
    return { ...base, content: decodeTx(raw, prefix), decodeError: undefined };
  } catch (error) {
    // A block can contain any bytes as a tx, so an error of the decoder is stored with the tx and does not stop the block.
    return {
      ...base,
      content: undefined,
      decodeError: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Adds the voting power to evidence of Tendermint 0.33, which does not name it. It is taken from the block's validator set if that set
 * was already in force at the evidence's height. */
function withPower(evidence: Evidence, height: number, validators: ValidatorsInfo | undefined): Evidence {
  const { evidenceHeight, consensusAddress } = evidence;
  const isInForce = validators && validators.sinceHeight <= evidenceHeight && evidenceHeight <= height;
  if (evidence.power !== undefined || !isInForce) return evidence;
  const all = validators.set.validators;
  const validator = all.find(({ address }) => Buffer.compare(address, consensusAddress) === 0);
  if (validator === undefined) return evidence;
  const totalPower = evidence.totalPower ?? all.reduce((sum, { votingPower }) => sum + votingPower, 0n);
  return { ...evidence, power: validator.votingPower, totalPower };
}

/** Adds the height and what was being decoded to the error of a decoder. */
function inField<Value>(raw: RawBlock, field: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof BaleenError)) throw error;
    throw new BaleenError('data', 'DECODE_MALFORMED', `${where(raw)}: ${field}: ${error.message}`, {
      cause: error,
    });
  }
}

function expectEqual(raw: RawBlock, code: ErrorCode, field: string, expected: unknown, found: unknown): void {
  if (expected === found) return;
  throw new BaleenError('data', code, `${where(raw)}: ${field}: expected ${expected}, found ${found}`);
}

const where = (raw: RawBlock): string =>
  `decode block ${raw.height} of ${raw.chainId} (${raw.era})${raw.encoding === 'rpc' ? ` from ${raw.endpoint}` : ''}`;
