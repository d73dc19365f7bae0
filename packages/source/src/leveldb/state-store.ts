import { WireReader } from '@baleen/codec';
import { decodeState, type NodeState } from '@baleen/decode/consensus';
import type { LevelDb } from '@baleen/leveldb';
import { inContext } from '../errors.ts';
import { asciiKey } from './block-store.ts';

/** A set is stored again at each multiple of this height (tm state/store.go `valSetCheckpointInterval`). */
const VALIDATORS_CHECKPOINT = 100_000;

/** Reads the facts that a state.db has for each height. A reader remembers the last validator set and params that it returned. As long as
 * they don't change, it returns the same `Uint8Array`, by whose identity decoders cache. */
export class StateReader {
  private readonly db: LevelDb;
  private last: { height: number; results: Uint8Array } | undefined;
  private validators: { readonly storedAt: number; readonly bytes: Uint8Array } | undefined;
  private params: { readonly body: Uint8Array; readonly bytes: Uint8Array } | undefined;

  constructor(db: LevelDb) {
    this.db = db;
    this.last = readLastResults(db);
  }

  /** Reads the results of the last height again. Call it after the database was refreshed. */
  refresh(): void {
    this.last = readLastResults(this.db);
  }

  /** Reads the ABCI results of a height; undefined if the node did not keep them.
   *
   * A node with `discard_abci_responses` only keeps those of its last height, under another key. They are found as well. */
  results(height: number): Uint8Array | undefined {
    const stored = this.storedResults(height);
    return stored ?? (this.last?.height === height ? this.last.results : undefined);
  }

  /** Reads the ABCI results under the key of the height; undefined if there are none. */
  storedResults(height: number): Uint8Array | undefined {
    const value = this.db.get(asciiKey(`abciResponsesKey:${height}`));
    return value === undefined || value.length === 0 ? undefined : value;
  }

  /** Height of `lastABCIResponseKey`, which Tendermint writes since 0.34.21. */
  get lastResultsHeight(): number | undefined {
    return this.last?.height;
  }

  /** Reads the ValidatorsInfo with the set that votes on `height`. The set is stored at heights at which it changed and at checkpoints;
   * other heights only point to those (tm state/store.go `loadValidatorsInfo`). */
  validatorsAt(height: number): Uint8Array | undefined {
    const value = this.get(`validatorsKey:${height}`);
    if (value === undefined) return undefined;
    const info = this.readInfo(`validatorsKey:${height}`, value);
    if (info.body !== undefined) return this.keepValidators(height, value);
    const checkpoint = height - (height % VALIDATORS_CHECKPOINT);
    for (const storedAt of [Math.max(checkpoint, info.since), info.since]) {
      if (this.validators?.storedAt === storedAt) return this.validators.bytes;
      const stored = this.get(`validatorsKey:${storedAt}`);
      if (stored !== undefined && this.readInfo(`validatorsKey:${storedAt}`, stored).body !== undefined)
        return this.keepValidators(storedAt, stored);
    }
    return undefined;
  }

  /** Reads the ConsensusParamsInfo with the params of `height`. If the params did not change, the info is empty and points to an earlier
   * height. Some applications return the same params at each height, so that the node stores them each time; that is no change, either. */
  consensusParamsAt(height: number): Uint8Array | undefined {
    let value = this.get(`consensusParamsKey:${height}`);
    if (value === undefined) return undefined;
    let info = this.readInfo(`consensusParamsKey:${height}`, value);
    if (info.since !== height) {
      value = this.get(`consensusParamsKey:${info.since}`);
      if (value === undefined) return undefined;
      info = this.readInfo(`consensusParamsKey:${info.since}`, value);
    }
    if (info.body === undefined) return undefined;
    if (this.params === undefined || Buffer.compare(this.params.body, info.body) !== 0)
      this.params = { body: info.body.slice(), bytes: value.slice() };
    return this.params.bytes;
  }

  private keepValidators(storedAt: number, bytes: Uint8Array): Uint8Array {
    if (this.validators?.storedAt !== storedAt) this.validators = { storedAt, bytes: bytes.slice() };
    return this.validators.bytes;
  }

  private get(key: string): Uint8Array | undefined {
    return this.db.get(asciiKey(key));
  }

  /** ValidatorsInfo and ConsensusParamsInfo: the thing itself in field 1, the height it is in force since in field 2. */
  private readInfo(key: string, value: Uint8Array): { body: Uint8Array | undefined; since: number } {
    return inContext(`read key ${key} of ${this.db.path}`, () => {
      const reader = new WireReader(value);
      let body: Uint8Array | undefined;
      let since = 0;
      while (!reader.done) {
        const field = reader.key();
        if (field === 0x0a) body = reader.bytes();
        else if (field === 0x10) since = reader.int();
        else throw reader.error('field 1 or 2', `field ${field >>> 3}`);
      }
      return { body, since };
    });
  }
}

/** Reads the node's state; undefined if the key `stateKey` is missing, as before the node has finished its first start. */
export function readState(db: LevelDb): NodeState | undefined {
  const value = db.get(asciiKey('stateKey'));
  if (value === undefined) return undefined;
  return inContext(`read key stateKey of ${db.path}`, () => decodeState(value));
}

/** ABCIResponsesInfo{abci_responses f1, height f2, response_finalize_block f3} (tendermint 0.34.21 and later, f3 since cometbft
 * 0.38). */
function readLastResults(db: LevelDb): { height: number; results: Uint8Array } | undefined {
  const value = db.get(asciiKey('lastABCIResponseKey'));
  if (value === undefined) return undefined;
  return inContext(`read key lastABCIResponseKey of ${db.path}`, () => {
    const reader = new WireReader(value);
    let results: Uint8Array | undefined;
    let height = 0;
    while (!reader.done) {
      const key = reader.key();
      if (key === 0x0a || key === 0x1a) results = reader.bytes().slice();
      else if (key === 0x10) height = reader.int();
      else reader.skip(key);
    }
    return results === undefined ? undefined : { height, results };
  });
}
