/** Reads the genesis document over RPC. */
import { BaleenError } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { consensusEras } from '@baleen/decode/consensus';
import { dataError } from '../errors.ts';
import { type GenesisSource, type GenesisSummary, type GenesisText, genesisOf } from '../genesis/genesis.ts';
import type { Endpoint } from './endpoint.ts';
import { atRoute } from './endpoint-address.ts';
import type { EndpointPool, Question } from './endpoint-pool.ts';
import { RpcRefusal } from './failures.ts';
import { genesisChunkSchema } from './schemas.ts';

/** A document up to this many bytes is asked for once and kept in memory. A node's own chunks are as large. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** The document as a node of some version writes it. */
export interface RpcGenesis extends GenesisText {
  readonly nodeVersion: string | undefined;
}

/** Reads the document from one endpoint. It asks `/genesis_chunked` (since 0.34.12), the only route for more than 16 MiB, or `/genesis`. If
 * one of the two does not exist or is denied, it asks the other. */
export function rpcGenesis(pool: EndpointPool, endpoint: Endpoint): RpcGenesis {
  const { described } = endpoint;
  const isOld = described !== undefined && consensusEras[described.era].writing.style === 'amino';
  const read = isOld ? either(readWhole, readChunks) : either(readChunks, readWhole);
  let kept: Uint8Array | undefined;
  return {
    place: { kind: 'rpc', path: atRoute(endpoint.address, '/genesis') },
    nodeVersion: endpoint.described?.nodeVersion,
    async *chunks(signal) {
      if (kept !== undefined) {
        yield kept;
        return;
      }
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of read(pool, endpoint, signal)) {
        bytes += chunk.length;
        if (bytes <= KEPT_BYTES) chunks.push(chunk);
        else {
          for (const earlier of chunks.splice(0)) yield earlier;
          yield chunk;
        }
      }
      if (bytes > KEPT_BYTES) return;
      kept = Buffer.concat(chunks);
      yield kept;
    },
  };
}

/** Reads the document from the first endpoint that returns all of it.
 * @param isCrossChecked  true if the first two endpoints that return all of it must agree */
export function agreedGenesis(
  texts: readonly RpcGenesis[],
  chainId: string,
  isCrossChecked: boolean,
): GenesisSource | undefined {
  const [first] = texts;
  if (first === undefined) return undefined;
  const alone = new Map(texts.map((text) => [text, genesisOf([text], chainId)!]));
  const tries = isCrossChecked
    ? pairsOf(texts).map((pair) => ({ source: alone.get(pair[0])!, read: summaryOf(pair) }))
    : [...alone.values()].map((source) => ({ source, read: source.summary }));
  let agreed = alone.get(first)!;
  const summary = async (signal?: AbortSignal): Promise<GenesisSummary> => {
    let failure: unknown;
    for (const { source, read } of tries) {
      try {
        const found = await read(signal);
        agreed = source;
        return found;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof BaleenError || error instanceof RpcRefusal)) throw error;
        failure ??= error;
      }
    }
    throw failure;
  };
  return {
    places: [first.place],
    summary,
    async *chunks(signal) {
      if (isCrossChecked) await summary(signal);
      yield* agreed.chunks(signal);
    },
  };

  /** Makes the summary of the genesis document that two nodes have. Throws if they disagree.
   *
   * Nodes of the same version write the same bytes. Nodes of different versions may write different bytes, but must agree in the facts from
   * which the chain starts. */
  function summaryOf([one, other]: readonly [RpcGenesis, RpcGenesis]): GenesisSource['summary'] {
    if (one.nodeVersion !== other.nodeVersion) return genesisOf([one, other], chainId)!.summary;
    return async (signal) => {
      const found = await alone.get(one)!.summary(signal);
      const witness = await alone.get(other)!.summary(signal);
      if (Buffer.compare(found.hash, witness.hash) === 0) return found;
      throw dataError(
        'SOURCE_GENESIS_DISAGREES',
        `cross-check genesis: ${one.place.path} and ${other.place.path} differ: sha256 ${toHex(found.hash)} and ${toHex(witness.hash)}; name a third endpoint to decide`,
      );
    };
  }
}

const pairsOf = (texts: readonly RpcGenesis[]): [RpcGenesis, RpcGenesis][] =>
  texts.flatMap((text, index) =>
    texts.slice(index + 1).map((other): [RpcGenesis, RpcGenesis] => [text, other]),
  );

/** Makes the question for a part of the document. Baleen can do without the document, so the first part gets few tries. The other parts get
 * as many as any fact. */
const askOf = (endpoint: Endpoint, route: string, isFirst: boolean): Question => ({
  route,
  isExtra: isFirst,
  where: (each) => each === endpoint,
});

type Read = (pool: EndpointPool, endpoint: Endpoint, signal?: AbortSignal) => AsyncGenerator<Uint8Array>;

/** Reads by the first way. If it fails before its first byte, reads by the second one.
 * @throws the error of the first way, if neither begins */
const either = (first: Read, second: Read): Read =>
  async function* (pool, endpoint, signal) {
    const chunks = first(pool, endpoint, signal);
    const begun = await chunks.next().catch((error: unknown) => ({ error }));
    if (!('error' in begun)) {
      if (!begun.done) yield begun.value;
      yield* chunks;
      return;
    }
    signal?.throwIfAborted();
    const others = second(pool, endpoint, signal);
    const other = await others.next().catch(() => {
      throw begun.error;
    });
    if (!other.done) yield other.value;
    yield* others;
  };

async function* readChunks(
  pool: EndpointPool,
  endpoint: Endpoint,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let index = 0, total = 1; index < total; index++) {
    const { result } = await pool.ask(
      askOf(endpoint, `/genesis_chunked?chunk=${index}`, index === 0),
      signal,
    );
    const chunk = genesisChunkSchema.safeParse(result);
    if (!chunk.success) throw malformed(endpoint, `a chunk, found ${chunk.error.issues[0]?.message}`);
    total = Number(chunk.data.total);
    const bytes = Buffer.from(chunk.data.data, 'base64');
    // The regular expression of zod would need a stack as deep as the chunk is long.
    if (Math.ceil(bytes.length / 3) * 4 !== chunk.data.data.length)
      throw malformed(endpoint, 'base64, found other text');
    yield bytes;
  }
}

/** Yields the document from an answer of `/genesis`, `{"jsonrpc":...,"result":{"genesis":{...}}}`: the text from the bracket after the key
 * `genesis` to the bracket that closes it. */
async function* readWhole(
  pool: EndpointPool,
  endpoint: Endpoint,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const cutter = createCutter();
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of pool.stream(askOf(endpoint, '/genesis', true), signal)) {
    let rest = chunk;
    if (head !== undefined) {
      rest = Buffer.concat([head, chunk]);
      const start = findDocument(rest);
      head = start === undefined ? rest : undefined;
      if (start === undefined && rest.length > 64 * 1024) break;
      if (start === undefined) continue;
      rest = rest.subarray(start);
    }
    const length = cutter.push(rest);
    if (length > 0) yield rest.subarray(0, length).slice();
  }
  if (!cutter.done)
    throw malformed(
      endpoint,
      `{"result":{"genesis":{...}}}, found ${Buffer.from(head ?? []).toString('utf8', 0, 200) || 'an answer that is cut short'}`,
    );
}

const malformed = (endpoint: Endpoint, what: string): Error =>
  dataError(
    'SOURCE_GENESIS_MALFORMED',
    `read genesis ${atRoute(endpoint.address, '/genesis')}: expected ${what}; use another endpoint`,
  );

function findDocument(bytes: Uint8Array): number | undefined {
  const match = /"result"\s*:\s*\{\s*"genesis"\s*:\s*(?=\{)/.exec(Buffer.from(bytes).toString('latin1'));
  return match === null ? undefined : match.index + match[0].length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Finds the end of a JSON object in a stream: it counts brackets outside of strings until the first bracket is closed. */
function createCutter(): { readonly done: boolean; push(bytes: Uint8Array): number } {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let done = false;
  return {
    get done() {
      return done;
    },
    push(bytes) {
      if (done) return 0;
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at]!;
        if (escaped) escaped = false;
        else if (inString) {
          if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
        } else if (byte === QUOTE) inString = true;
        else if (byte === 0x7b || byte === 0x5b) depth++;
        else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) {
          done = true;
          return at + 1;
        }
      }
      return bytes.length;
    },
  };
}
