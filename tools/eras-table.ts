/** Writes docs/eras.md: which messages of which application are known, and which recorded data shows them. `node tools/eras-table.ts` */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createBlockDecoder, createTxDecoders } from '@baleen/decode';
import {
  type Application,
  applications,
  chooseApplications,
  listMessages,
  spanAt,
} from '@baleen/decode/applications';
import { consensusEras } from '@baleen/decode/consensus';
import { openSource } from '@baleen/source';
import { readJsonLines, realdata, unpackRecording } from '@baleen/testing';
import { FIXTURES, RECORDINGS, shownName } from './hash-table.ts';

export const ERAS_PAGE = join(import.meta.dirname, '../docs/eras.md');

/** How many messages of a type a recording has, by application, type and recording. */
type Seen = Map<string, Map<string, Map<string, number>>>;

/** Counts the messages of a directory's blocks. */
export async function countMessages(seen: Seen, recording: string, path: string): Promise<void> {
  const decode = createBlockDecoder();
  using source = await openSource({ kind: 'leveldb', path });
  if (source.yields !== 'blocks') throw new TypeError('a directory yields blocks');
  const reading = { applications: chooseApplications(source.info) };
  for await (const raw of source.read({ from: source.info.base, to: source.info.head })) {
    const { name } = spanAt(reading.applications, raw.height);
    for (const { content } of decode(raw, reading).txs)
      for (const { type, value } of content?.messages ?? [])
        if (value !== undefined && typeof type === 'string') add(seen, name, type, recording);
  }
}

function add(seen: Seen, application: string, type: string, recording: string): void {
  const types = seen.get(application) ?? new Map<string, Map<string, number>>();
  const counts = types.get(type) ?? new Map<string, number>();
  counts.set(recording, (counts.get(recording) ?? 0) + 1);
  seen.set(application, types.set(type, counts));
}

/** A chapter of the page: an application and a row per message. */
export function chapterOf(application: Application, seen: Seen): string {
  const { name, software, consensus } = application;
  const counted = seen.get(name);
  const rows = [...new Set([...listMessages(application), ...(counted?.keys() ?? [])])].sort();
  const lines = rows.map((type) => `| \`${type}\` | ${seenIn(counted?.get(type))} |`);
  const eras = consensus.map((era) => consensusEras[era].versions).join('; ');
  return `## ${name}\n\n${software}. Blocks of ${eras}.\n\n| message | seen in |\n|---|---|\n${lines.join('\n')}\n`;
}

/** Recordings that a row names; lines of the docs have at most 140 characters. */
const MOST_NAMED = 2;

function seenIn(counts: ReadonlyMap<string, number> | undefined): string {
  if (counts === undefined) return 'no data found';
  const named = [...counts].slice(0, MOST_NAMED).map(([recording, count]) => `${recording} ${count}`);
  const more = counts.size - named.length;
  return more > 0 ? `${named.join(', ')}, and ${more} more` : named.join(', ');
}

/** Recordings of txs and blocks as JSON: folder, files, application, and where the txs stand in base64. */
const JSON_RECORDINGS: readonly (readonly [string, string, string, (json: Json) => readonly string[]])[] = [
  ['terra-columbus1-finder', 'block_*.json', 'columbus-1', (json) => json.block?.data?.txs ?? []],
  ['terra-mantle-devnet', 'block_*.json', 'columbus-3', (json) => json.result?.block?.data?.txs ?? []],
  ['cosmoshub3-iov', 'cosmoshub.json', 'cosmoshub-3', (json) => [json.tx_data!]],
  ['terra-tequila0004-docs', '*block_*.json', 'columbus-4', (json) => json.block?.data?.txs ?? []],
];

interface Json {
  readonly tx_data?: string;
  readonly block?: { readonly data?: { readonly txs: readonly string[] | null } };
  readonly result?: Pick<Json, 'block'>;
}

function countTxs(seen: Seen, recording: string, application: string, txs: readonly string[]): void {
  const [era] = applications.find(({ name }) => name === application)!.consensus;
  const reading = { applications: [{ name: application, from: 0 }] };
  const decode = createTxDecoders()({ chainId: recording, era: era!, height: 1 }, reading);
  for (const tx of txs)
    for (const { type, value } of decode(Buffer.from(tx, 'base64'), undefined).messages)
      if (value !== undefined && typeof type === 'string') add(seen, application, type, recording);
}

function countJson(seen: Seen): void {
  for (const [folder, files, application, txsIn] of JSON_RECORDINGS) {
    const cwd = realdata(folder)!;
    const paths = globSync(files, { cwd }).map((file) => join(cwd, file));
    const txs = paths.flatMap((path) => txsIn(JSON.parse(readFileSync(path, 'utf8'))));
    countTxs(seen, folder, application, txs);
  }
  const lines = readJsonLines<{ tx: string }>(join(realdata('columbus-3')!, 'txs.jsonl.gz'));
  countTxs(
    seen,
    'columbus-3',
    'columbus-3',
    lines.map(({ tx }) => tx),
  );
}

async function main(): Promise<void> {
  const seen: Seen = new Map();
  for (const [name, path] of FIXTURES) await countMessages(seen, name, path);
  for (const [name, archives] of RECORDINGS.filter(([, [first]]) => !/killed|pebble/.test(first!))) {
    const unpacked = unpackRecording(name, ...archives);
    if (unpacked === undefined) throw new Error(`recording ${name} is not here`);
    const holder = globSync('**/blockstore.db', { cwd: unpacked })[0]!;
    await countMessages(seen, shownName(name, archives), dirname(join(unpacked, holder)));
  }
  countJson(seen);
  const page = `# Eras

Which messages of which application are decoded to their chain's own JSON, and which recorded data shows it: the number of such
messages in a recording. Written by \`node tools/eras-table.ts\` from the tables of \`packages/decode/src/applications\` and
\`packages/decode/src/consensus\`.

${applications.map((each) => chapterOf(each, seen)).join('\n')}`;
  writeFileSync(ERAS_PAGE, page);
}

if (process.argv[1] === import.meta.filename) await main();
