/** Holds the code to docs/architecture.md: who may import whom, and which facts one room alone knows.
 * Circles of files and the length of functions are held by the linter (biome.json). */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

interface Room {
  readonly name: string;
  /** Names of rooms and packages; `'any'`: all. */
  readonly imports: ReadonlySet<string> | 'any';
}

/** Rows of the table of rooms: name, what it knows, what it imports. */
function readRooms(): Room[] {
  const lines = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8').split('\n');
  const rows = lines.flatMap((line) => {
    const cells = /^\|\s*`([^`]+)`\s*\|.*\|([^|]+)\|$/.exec(line);
    return cells === null ? [] : [{ name: cells[1]!, words: cells[2]!.trim() }];
  });
  return rows.map(({ name, words }, row) => {
    if (words === 'any') return { name, imports: 'any' };
    if (words === 'nothing') return { name, imports: new Set<string>() };
    if (words === 'all above')
      return { name, imports: new Set(rows.slice(0, row).map((above) => last(above.name))) };
    return { name, imports: new Set(words.split(/,\s*/)) };
  });
}

const last = (path: string): string => path.split('/').at(-1)!;

const isTest = (file: string): boolean => /\.(test|fixture)\.ts$|\/test\//.test(file);

const productFiles = (room: string): string[] =>
  globSync(`${room}/**/*.{ts,js}`, {
    cwd: ROOT,
    exclude: (name) => /node_modules|dist|fixtures/.test(name),
  }).filter((file) => !isTest(file));

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g;

const specifiersOf = (file: string): string[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].map((match) => (match[1] ?? match[2])!);

/** What a specifier leads to, as the table calls it; undefined: inside the same room, or Node itself. */
function targetOf(room: string, file: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined;
  if (specifier.startsWith('.')) {
    const path = relative(ROOT, resolve(ROOT, dirname(file), specifier));
    return path.startsWith(`${room}/`) ? undefined : path.split('/').slice(0, 2).map(last).at(-1);
  }
  if (specifier.startsWith('@baleen/')) return specifier.split('/')[1]!;
  return specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!;
}

const rooms = readRooms();
const roomNames = new Set(rooms.map(({ name }) => last(name)));

/** Packages that belong to the room whose dependency is named in the table: `pg` brings `pg-copy-streams`. */
const allowed = (imports: ReadonlySet<string>, target: string): boolean =>
  imports.has(target) || [...imports].some((name) => !roomNames.has(name) && target.startsWith(`${name}-`));

describe('arrows between rooms', () => {
  test('the table names every package and app there is', () => {
    const folders = globSync('{packages,apps}/*/package.json', { cwd: ROOT }).map((file) => dirname(file));
    expect(rooms.map(({ name }) => name).sort()).toEqual(folders.sort());
  });

  test.each(rooms)('$name imports only what the table says', ({ name, imports }) => {
    if (imports === 'any') return;
    const wrong = productFiles(name).flatMap((file) =>
      specifiersOf(file)
        .map((specifier) => targetOf(name, file, specifier))
        .filter((target) => target !== undefined && !allowed(imports, target))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('a room is not imported past its index.ts by another room', () => {
    const deep = rooms.flatMap(({ name }) =>
      productFiles(name).flatMap((file) =>
        specifiersOf(file)
          .filter((specifier) => relativeOutside(name, file, specifier))
          .map((specifier) => `${file} imports ${specifier}`),
      ),
    );
    expect(deep).toEqual([]);
  });

  test('neither products nor their tests import from tools or bench', () => {
    const upward = globSync('{packages,apps}/*/{src,test,bin}/**/*.{ts,js}', { cwd: ROOT }).flatMap((file) =>
      specifiersOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) =>
          /^(tools|bench)\//.test(relative(ROOT, resolve(ROOT, dirname(file), specifier))),
        )
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(upward).toEqual([]);
  });

  test('rooms form no cycle', () => {
    const arrows = new Map(rooms.map(({ name }) => [last(name), roomsImportedBy(name)]));
    const cycles = [...arrows.keys()].filter((room) => reaches(arrows, room, room));
    expect(cycles).toEqual([]);
  });
});

const relativeOutside = (room: string, file: string, specifier: string): boolean =>
  specifier.startsWith('.') && targetOf(room, file, specifier) !== undefined;

const roomsImportedBy = (room: string): Set<string> =>
  new Set(
    productFiles(room)
      .flatMap((file) => specifiersOf(file).map((specifier) => targetOf(room, file, specifier)))
      .filter((target) => target !== undefined && roomNames.has(target) && target !== last(room)) as string[],
  );

function reaches(arrows: Map<string, Set<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [...(arrows.get(from) ?? [])];
  for (let room = open.pop(); room !== undefined; room = open.pop()) {
    if (room === to) return true;
    if (seen.has(room)) continue;
    seen.add(room);
    open.push(...(arrows.get(room) ?? []));
  }
  return false;
}

/** Where a text stands in product files of all rooms but `within`. */
const filesWith = (text: RegExp, within: RegExp): string[] =>
  rooms
    .flatMap(({ name }) => productFiles(name))
    .filter((file) => !within.test(file) && text.test(readFileSync(join(ROOT, file), 'utf8')));

describe('what only one room asks', () => {
  test('which kind of source an address names: the source alone', () => {
    expect(filesWith(/\bisRpcAddress\b/, /^packages\/source\//)).toEqual([]);
  });

  test('how answers of RPC are decoded: the decoder, and the proof of what endpoints answer', () => {
    expect(filesWith(/@baleen\/decode\/rpc/, /^packages\/(decode|pipeline\/src\/verify)\//)).toEqual([]);
  });
});
