/** The State that a node keeps under `stateKey` of state.db, read no further than somebody asks for. */
import { shownText } from '@baleen/chain';
import { BYTES, VARINT, WireReader } from '@baleen/codec';
import { NO_BYTES } from './header.ts';

export interface NodeState {
  /** Version of the software that began the chain; later upgrades don't change it. `''`: not written. */
  readonly software: string;
  readonly chainId: string;
  /** The last block that was executed and committed. */
  readonly height: number;
  /** 1 before Tendermint 0.34. */
  readonly initialHeight: number;
  /** App hash after block `height`. */
  readonly appHash: Uint8Array;
}

/** Decodes a State of any version: amino and protobuf agree in the fields read here, but for the last two.
 *
 *     Version f1 {Consensus f1, Software f2}, ChainID f2, LastBlockHeight f3
 *     0.31, 0.32:      AppHash f14
 *     0.33:            AppHash f13
 *     0.34 and later:  AppHash f13, initial_height f14 (a number, so that it is told from 0.32's app hash)
 *
 * (tendermint state/state.go at v0.32.14 and v0.33.9, proto/tendermint/state/types.proto at v0.34.24) */
export function decodeState(raw: Uint8Array): NodeState {
  const reader = new WireReader(raw);
  let software = '';
  let chainId = '';
  let height = 0;
  let initialHeight = 1;
  let appHash = NO_BYTES;
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x0a) software = decodeSoftware(reader.message());
    else if (key === 0x12) chainId = shownText(reader.text());
    else if (key === 0x18) height = reader.int();
    else if (key === ((13 << 3) | BYTES) || key === ((14 << 3) | BYTES)) appHash = reader.bytes();
    else if (key === ((14 << 3) | VARINT)) initialHeight = reader.int();
    else reader.skip(key);
  }
  return { software, chainId, height, initialHeight, appHash };
}

function decodeSoftware(reader: WireReader): string {
  let software = '';
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x12) software = shownText(reader.text());
    else reader.skip(key);
  }
  return software.replace(/^v/, '');
}
