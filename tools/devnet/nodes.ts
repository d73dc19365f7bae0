/** The nodes that can be run: real, unmodified software, built from Go modules. */
import { AMINO_CHAIN } from './amino-chain.ts';
import type { ChainKind } from './chain-kind.ts';
import { PROTOBUF_CHAIN } from './protobuf-chain.ts';

export interface NodeSoftware {
  /** Folder beside this file with go.mod, and what it replaces. */
  readonly name: string;
  /** Import paths of the programs; the last element is a program's name. */
  readonly programs: readonly string[];
  readonly buildFlags: readonly string[];
  /** Runs the chain. */
  readonly daemon: string;
  /** Serves REST in front of it. undefined: the daemon does that itself. */
  readonly client: string | undefined;
  readonly chain: ChainKind;
}

const CORE = 'github.com/terra-project/core';
const VERSION = 'github.com/cosmos/cosmos-sdk/version';

/** Terra core 0.4.6: Tendermint 0.33.9, SDK 0.39.3. No Ledger tag, since that needs a USB library. */
const TERRA_COLUMBUS_4: NodeSoftware = {
  name: 'terra-columbus4',
  programs: [`${CORE}/cmd/terrad`, `${CORE}/cmd/terracli`],
  buildFlags: [
    '-tags',
    'netgo',
    '-ldflags',
    `-X ${VERSION}.Name=terra -X ${VERSION}.ServerName=terrad -X ${VERSION}.ClientName=terracli -X ${VERSION}.Version=0.4.6`,
  ],
  daemon: 'terrad',
  client: 'terracli',
  chain: AMINO_CHAIN,
};

/** wasmd 0.61: CometBFT 0.38, SDK 0.53, and Pebble beside goleveldb. */
const WASMD_SDK_053: NodeSoftware = {
  name: 'wasmd-sdk053',
  programs: ['github.com/CosmWasm/wasmd/cmd/wasmd'],
  buildFlags: [
    '-tags',
    'netgo pebbledb',
    '-ldflags',
    `-X ${VERSION}.Name=wasm -X ${VERSION}.AppName=wasmd -X ${VERSION}.Version=0.61.14`,
  ],
  daemon: 'wasmd',
  client: undefined,
  chain: PROTOBUF_CHAIN,
};

export const NODES: ReadonlyMap<string, NodeSoftware> = new Map(
  [TERRA_COLUMBUS_4, WASMD_SDK_053].map((software) => [software.name, software]),
);
