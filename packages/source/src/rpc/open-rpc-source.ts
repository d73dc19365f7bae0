import type { BlockRange, EraName } from '@baleen/chain';
import { operatorError } from '../errors.ts';
import { type GenesisText, prefixIn } from '../genesis.ts';
import type { Source, SourceInfo, SourceOptions } from '../source.ts';
import { parseEndpoint } from './endpoint.ts';
import { createFacts } from './facts.ts';
import { rpcGenesis } from './genesis.ts';
import { RpcSource } from './rpc-source.ts';
import { type NodeStatus, readStatus } from './status.ts';
import { createTransport, RpcRefusal, type Transport } from './transport.ts';

/** Opens a node's RPC: asks for its status, for results at both ends of what it keeps, and where the genesis begins. */
export async function openRpcSource(address: string, options: SourceOptions): Promise<Source> {
  const transport = createTransport(parseEndpoint(address), options);
  const info = options.known ?? (await describe(transport, options));
  const version = versionOf(info.nodeVersion ?? '');
  const genesis = rpcGenesis(transport, isAtLeast(version, [0, 34, 12]));
  const attributes = isAtLeast(version, [0, 37, 0]) ? 'plain' : 'base64';
  const found = options.known ?? { ...info, ...(await lookIntoGenesis(genesis, info)) };
  const bech32Prefix = options.bech32Prefix ?? found.bech32Prefix;
  return new RpcSource({ ...found, bech32Prefix }, transport, attributes, genesis);
}

/** A node may refuse to show it. */
async function lookIntoGenesis(genesis: GenesisText, { notes }: SourceInfo): Promise<Partial<SourceInfo>> {
  try {
    return { bech32Prefix: await prefixIn([genesis]) };
  } catch (error) {
    if (!(error instanceof RpcRefusal)) throw error;
    return { genesis: undefined, notes: [...notes, `no genesis document: the node says '${error.data}'`] };
  }
}

async function describe(transport: Transport, options: SourceOptions): Promise<SourceInfo> {
  const path = transport.endpoint.address;
  const status = await readStatus(transport, options);
  const era = eraOf(status, path);
  if (status.latest === 0)
    throw operatorError(
      'SOURCE_EMPTY',
      `open ${path}: expected blocks, found none; wait until the node has some`,
    );
  const base = status.earliest ?? (await findBase(transport, status.latest));
  const results = await findResults(transport, base, status.latest);
  return {
    path,
    databases: [],
    backend: 'rpc',
    chainId: status.chainId,
    era,
    software: undefined,
    nodeVersion: status.version,
    initialHeight: undefined,
    base,
    head: status.latest,
    resultsBase: results?.from,
    resultsHead: results?.to,
    stateHeight: undefined,
    notes: notesOf(status, base, results),
    genesis: { kind: 'rpc', path: `${path}/genesis` },
    bech32Prefix: undefined,
    live: true,
    estimatedBytes: undefined,
  };
}

function notesOf(status: NodeStatus, base: number, results: BlockRange | undefined): string[] {
  const notes: string[] = [];
  if (status.catchingUp)
    notes.push(`the node is catching up: its head ${status.latest} is behind the chain's`);
  if (base > 1)
    notes.push(`blocks below ${base} are not there: pruned, or the chain or the node began there`);
  if (results === undefined) notes.push('no results: pruned or discarded by the node');
  else if (results.from > base || results.to < status.latest)
    notes.push(`results are there for ${results.from}..${results.to} of ${base}..${status.latest}`);
  return notes;
}

type Version = readonly [major: number, minor: number, patch: number];

function versionOf(text: string): Version | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function isAtLeast(version: Version | undefined, least: Version): boolean {
  if (version === undefined) return false;
  const at = version.findIndex((part, index) => part !== least[index]);
  return at < 0 || version[at]! > least[at]!;
}

/** CometBFT 0.37 holds blocks as 0.34 does; its JSON writes attributes of events in another way. */
function eraOf({ version: text }: NodeStatus, path: string): EraName {
  const version = versionOf(text);
  if (version?.[0] === 0 && version[1] === 33) return 'tendermint-0.33';
  if (version?.[0] === 0 && version[1] >= 34 && version[1] <= 37) return 'tendermint-0.34';
  throw operatorError(
    'SOURCE_ERA_UNSUPPORTED',
    `open ${path}: expected a node of Tendermint 0.33, 0.34 or CometBFT 0.37, found version '${text}'; this version of baleen cannot read it`,
  );
}

/** Nodes before 0.33.4 don't say where their blocks begin, and don't prune: at 1, or where they were started from. */
async function findBase(transport: Transport, head: number): Promise<number> {
  const has = async (height: number): Promise<boolean> => {
    try {
      const { result } = await transport.ask(`/block?height=${height}`);
      return typeof result === 'object' && result !== null && 'block' in result && result.block !== null;
    } catch (error) {
      if (error instanceof RpcRefusal) return false;
      throw error;
    }
  };
  return (await has(1)) ? 1 : firstWith(has, 1, head);
}

/** As a node prunes from below, and can be told to discard from some height on, they touch one end or the other. */
async function findResults(
  transport: Transport,
  base: number,
  head: number,
): Promise<BlockRange | undefined> {
  const facts = createFacts(transport);
  const has = async (height: number): Promise<boolean> => (await facts.results(height)) !== undefined;
  for (const top of new Set([head, Math.max(base, head - 1)])) {
    if (!(await has(top))) continue;
    return { from: top === base || (await has(base)) ? base : await firstWith(has, base, top), to: top };
  }
  if (!(await has(base))) return undefined;
  let [low, high] = [base, head];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await has(middle)) low = middle;
    else high = middle;
  }
  return { from: base, to: low };
}

/** Lowest height with `has`, which is false at `without` and true at `found`. */
async function firstWith(
  has: (height: number) => Promise<boolean>,
  without: number,
  found: number,
): Promise<number> {
  let [low, high] = [without, found];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await has(middle)) high = middle;
    else low = middle;
  }
  return high;
}
