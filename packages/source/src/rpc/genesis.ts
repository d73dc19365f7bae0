/** The genesis document that a node answers. */
import { z } from 'zod';
import { dataError } from '../errors.ts';
import type { GenesisText } from '../genesis.ts';
import type { Transport } from './transport.ts';

/** A document up to this size is asked for once and kept; a node's own chunks are as large. */
const KEPT_BYTES = 16 * 1024 * 1024;

const chunkSchema = z.object({
  total: z.coerce.number().int().positive(),
  data: z.string(),
});

/** @param isChunked  the node knows `/genesis_chunked` (0.34.12), which alone answers with more than 16 MiB */
export function rpcGenesis(transport: Transport, isChunked: boolean): GenesisText {
  const read = isChunked ? readChunks : readWhole;
  let kept: Uint8Array | undefined;
  return {
    place: { kind: 'rpc', path: `${transport.endpoint.address}/genesis` },
    async *chunks(signal) {
      if (kept !== undefined) {
        yield kept;
        return;
      }
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of read(transport, signal)) {
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

async function* readChunks(transport: Transport, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let index = 0, total = 1; index < total; index++) {
    const route = `/genesis_chunked?chunk=${index}`;
    const { result } = await transport.ask(route, signal);
    const chunk = chunkSchema.safeParse(result);
    if (!chunk.success) throw malformed(transport, `a chunk, found ${chunk.error.issues[0]?.message}`);
    total = chunk.data.total;
    yield Buffer.from(chunk.data.data, 'base64');
  }
}

/** `{"jsonrpc":...,"result":{"genesis":{...}}}`: what stands between the key and the bracket that closes it. */
async function* readWhole(transport: Transport, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const cutter = createCutter();
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of transport.stream('/genesis', signal)) {
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
      transport,
      `{"result":{"genesis":{...}}}, found ${Buffer.from(head ?? []).toString('utf8', 0, 200) || 'an answer that is cut short'}`,
    );
}

const malformed = (transport: Transport, what: string): Error =>
  dataError(
    'SOURCE_GENESIS_MALFORMED',
    `read genesis ${transport.endpoint.address}/genesis: expected ${what}; use another endpoint`,
  );

function findDocument(bytes: Uint8Array): number | undefined {
  const match = /"result"\s*:\s*\{\s*"genesis"\s*:\s*(?=\{)/.exec(Buffer.from(bytes).toString('latin1'));
  return match === null ? undefined : match.index + match[0].length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Follows brackets and strings until the first one is closed. */
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
