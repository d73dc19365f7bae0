import { createHash } from 'node:crypto';
import type { Block, BlockResults, Commit, Event, GoTime, Tx, TxResult, ValidatorSet } from '@baleen/chain';

/** What a built chain has; every field has a small default. */
export interface ChainShape {
  readonly chainId?: string;
  readonly from?: number;
  readonly count?: number;
  readonly txsPerBlock?: number;
  readonly eventsPerTx?: number;
  readonly results?: boolean;
  readonly validators?: number;
  /** Heights at which a new validator set starts to vote. */
  readonly setChanges?: readonly number[];
  /** Another history under the same id. */
  readonly fork?: string;
}

/** A chain of valid-looking blocks: hashes join, but are hashes of names and not of contents. */
export function buildBlocks(shape: ChainShape = {}): Block[] {
  const { from = 1, count = 10 } = shape;
  return Array.from({ length: count }, (_, index) => buildBlock(from + index, shape));
}

/** The block of a height, the same in every call with the same shape. */
export function buildBlock(height: number, shape: ChainShape = {}): Block {
  const { chainId = 'test-1', txsPerBlock = 2, results = true, fork = '' } = shape;
  const name = (what: string, of = height): Uint8Array => digest(`${chainId}/${fork}/${what}/${of}`);
  const set = setHeight(height, shape);
  const before = height === 1 ? EMPTY : name('block', height - 1);
  return {
    chainId,
    height,
    id: { hash: name('block'), partsTotal: 1, partsHash: name('parts') },
    header: {
      versionBlock: 11n,
      versionApp: 0n,
      chainId,
      height,
      time: blockTime(height),
      lastBlockId: {
        hash: before,
        partsTotal: height === 1 ? 0 : 1,
        partsHash: height === 1 ? EMPTY : name('parts', height - 1),
      },
      lastCommitHash: name('commit', height - 1),
      dataHash: name('data'),
      validatorsHash: digest(`${chainId}/set/${set}`),
      nextValidatorsHash: digest(`${chainId}/set/${setHeight(height + 1, shape)}`),
      consensusHash: digest('consensus'),
      appHash: name('app'),
      lastResultsHash: height === 1 ? EMPTY : name('results', height - 1),
      evidenceHash: digest(''),
      proposerAddress: validatorAddress(chainId, height % (shape.validators ?? 4)),
    },
    sizeBytes: 1000,
    txs: Array.from({ length: txsPerBlock }, (_, index) => buildTx(height, index, shape)),
    evidence: [],
    lastCommit: height === 1 ? undefined : buildCommit(height - 1, shape, before),
    results: results ? buildResults(height, shape, name('results')) : undefined,
    validatorSet: buildSet(set, shape),
    consensusParams: {
      blockMaxBytes: 200_000n,
      blockMaxGas: -1n,
      blockTimeIotaMs: undefined,
      evidenceMaxAgeBlocks: 100_000n,
      evidenceMaxAgeNanos: 172_800_000_000_000n,
      evidenceMaxBytes: undefined,
      validatorKeyTypes: ['ed25519'],
      appVersion: undefined,
      voteExtensionsHeight: undefined,
      proposerTimeHeight: undefined,
      synchronyPrecisionNanos: undefined,
      synchronyDelayNanos: undefined,
    },
    bech32Prefix: 'terra',
  };
}

const EMPTY = new Uint8Array(0);
const digest = (text: string): Uint8Array => new Uint8Array(createHash('sha256').update(text).digest());

/** Six seconds apart from 2021-01-01, with nanoseconds that microseconds don't hold. */
export const blockTime = (height: number): GoTime => ({
  seconds: 1_609_459_200 + height * 6,
  nanos: 123_456_789,
});

const validatorAddress = (chainId: string, index: number): Uint8Array =>
  digest(`${chainId}/validator/${index}`).subarray(0, 20);

/** Height at which the set that votes on `height` began. */
const setHeight = (height: number, { setChanges = [] }: ChainShape): number =>
  Math.max(1, ...setChanges.filter((change) => change <= height));

function buildSet(since: number, { chainId = 'test-1', validators = 4 }: ChainShape): ValidatorSet {
  return {
    validators: Array.from({ length: validators }, (_, index) => ({
      address: validatorAddress(chainId, index),
      keyType: 'ed25519',
      publicKey: digest(`${chainId}/key/${index}`),
      // Only the first validator's power changes with the set.
      votingPower: index === 0 ? 100n + BigInt(since) : 10n,
    })),
  };
}

/** Builds the commit for a block. In every tenth commit the last validator's vote is absent. */
function buildCommit(
  height: number,
  { chainId = 'test-1', validators = 4 }: ChainShape,
  hash: Uint8Array,
): Commit {
  return {
    height,
    round: 0,
    blockId: { hash, partsTotal: 1, partsHash: EMPTY },
    signatures: Array.from({ length: validators }, (_, index) =>
      height % 10 === 0 && index === validators - 1
        ? { flag: 1, address: EMPTY, time: { seconds: -62_135_596_800, nanos: 0 }, signature: EMPTY }
        : {
            flag: 2,
            address: validatorAddress(chainId, index),
            time: { seconds: blockTime(height).seconds + 1, nanos: index },
            signature: new Uint8Array(64).fill(index),
          },
    ),
  };
}

function buildTx(height: number, index: number, shape: ChainShape): Tx {
  const { chainId = 'test-1', results = true, fork = '' } = shape;
  const raw = new TextEncoder().encode(`tx ${chainId} ${fork} ${height} ${index}`);
  return {
    index,
    hash: new Uint8Array(createHash('sha256').update(raw).digest()),
    raw,
    content: {
      messages: [
        {
          index: 0,
          path: '',
          type: 'bank/MsgSend',
          name: 'bank.MsgSend',
          value: `{"from_address":"terra1sender","amount":[{"denom":"uluna","amount":"${height}"}]}`,
          fields: undefined,
          raw: raw.subarray(0, 8),
        },
      ],
      memo: `memo ${height}`,
      feeCoins: [{ denom: 'uluna', amount: 1000n + BigInt(index) }],
      feeGas: 200_000n,
      feeGranter: undefined,
      feePayer: 'terra1sender',
      signatures: [
        {
          signer: 'terra1sender',
          publicKey: '{"type":"tendermint/PubKeySecp256k1","value":"A"}',
          sequence: undefined,
          signMode: 'SIGN_MODE_LEGACY_AMINO_JSON',
          signature: new Uint8Array(64).fill(7),
          members: undefined,
        },
      ],
      timeoutHeight: undefined,
    },
    decodeError: undefined,
    result: results ? buildResult(height, index, shape) : undefined,
  };
}

const buildResult = (height: number, index: number, { eventsPerTx = 2 }: ChainShape): TxResult => ({
  code: index === 1 ? 5 : 0,
  data: new Uint8Array([1, 2]),
  log: index === 1 ? 'insufficient funds' : '[]',
  info: '',
  gasWanted: 200_000n,
  gasUsed: 70_000n + BigInt(height),
  codespace: index === 1 ? 'sdk' : '',
  events: Array.from({ length: eventsPerTx }, (_, event) => buildEvent(height, `${index}/${event}`)),
});

const buildEvent = (height: number, value: string): Event => ({
  type: 'transfer',
  attributes: [
    ['recipient', `terra1recipient${height % 50}`],
    ['sender', 'terra1sender'],
    ['amount', `${height}uluna`],
    ['memo', value],
  ],
});

function buildResults(height: number, shape: ChainShape, hash: Uint8Array): BlockResults {
  const { txsPerBlock = 2 } = shape;
  return {
    beginEvents: [buildEvent(height, 'begin')],
    txs: Array.from({ length: txsPerBlock }, (_, index) => buildResult(height, index, shape)),
    endEvents: [buildEvent(height, 'end')],
    finalizeEvents: [],
    validatorUpdates: [],
    hash,
  };
}
