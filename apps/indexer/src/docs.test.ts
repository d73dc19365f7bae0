/** What README and docs tell people to type must exist, and answer what they say. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { baleen, createDatabase, type TestDatabase } from '@baleen/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from './commands.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: ROOT }).sort()];
const LONGEST_LINE = 140;

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

const allMatches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1]!);

/** `db start|stop|url` is three commands. */
function commandsNamed(words: string): string[] {
  const [first, second] = words.split(' ');
  const isGroup = commands.some(({ name }) => name.startsWith(`${first} `));
  return isGroup ? (second ?? '').split('|').map((word) => `${first} ${word}`) : [first!];
}

describe.each(PAGES)('%s', (page) => {
  test('names only commands and scripts that exist', () => {
    const text = read(page).replaceAll('\\|', '|');
    const typed = allMatches(text, /(?:npx |`)baleen ([a-z]+(?: [a-z|]+)?)/g).flatMap(commandsNamed);
    const scripts = allMatches(text, /\bnpm run ([\w-]+)/g);
    const known = new Set(commands.map(({ name }) => name));
    const { scripts: there } = JSON.parse(read('package.json'));
    expect(typed.filter((name) => !known.has(name))).toEqual([]);
    expect(scripts.filter((name) => !(name in there))).toEqual([]);
  });

  test('fits a terminal and a review', () => {
    const lines = read(page).split('\n');
    const long = lines.flatMap((line, index) =>
      [...line].length > LONGEST_LINE ? [`${page}:${index + 1}`] : [],
    );
    expect(long).toEqual([]);
  });

  test('links only to files that exist', () => {
    const links = allMatches(read(page), /\]\((?!https?:|#)([^)#]+)/g);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });
});

describe("README's SQL", () => {
  const readme = read('README.md');
  let database: TestDatabase;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    database = await createDatabase({ holding: 'terra-columbus4-devnet', state: true });
    env = { DATABASE_URL: database.url };
  });

  afterAll(() => database.drop());

  test('every query runs', async () => {
    const queries = allMatches(readme, /baleen sql [^"\n]*"([^"]+)"/g);
    expect(queries.length).toBeGreaterThanOrEqual(2);
    for (const query of queries) expect(await baleen(['sql', query], env)).toMatchObject({ code: 0 });
  });

  test('the first one answers what README prints', async () => {
    const [, query, answer] = /\$ npx baleen sql [^"]*"([^"]+)"\n((?: {4}.*\n)+)/.exec(readme)!;
    const { stdout } = await baleen(['sql', query!], env);
    expect(stdout).toBe(answer!.replace(/^ {4}/gm, ''));
  });

  test('the tour’s queries answer what it prints', async () => {
    const shown = [...read('docs/tour.md').matchAll(/\$ npx baleen sql "([^"]+)"\n(.*?\n)```/gs)];
    expect(shown).toHaveLength(2);
    for (const [, query, answer] of shown)
      expect(await baleen(['sql', query!], env)).toMatchObject({ code: 0, stdout: answer });
  });

  test('it is a first screen, not a book', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  });
});
