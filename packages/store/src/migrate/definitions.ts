/** What a database of Baleen is made of: the files of migrations/, and the comments that packages/tables holds. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { stateTables, tables } from '@baleen/tables';
import { literal } from '../postgres/connections.ts';

const MIGRATIONS = new URL('../../../../migrations/', import.meta.url);

export interface Definition {
  /** Path below migrations/, e.g. `views/010_chains.sql`; `comments` is made of packages/tables. */
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

/** Returns all definitions in the order in which they are applied: tables, their comments, views. */
export async function definitions(): Promise<Definition[]> {
  const [tableFiles, viewFiles] = await Promise.all([read('tables'), read('views')]);
  return [...tableFiles, definition('comments', tableComments()), ...viewFiles];
}

export const definition = (name: string, text: string): Definition => ({
  name,
  text,
  hash: createHash('sha256').update(text).digest('hex'),
});

async function read(folder: 'tables' | 'views'): Promise<Definition[]> {
  const files = await readdir(new URL(`${folder}/`, MIGRATIONS));
  const names = files.filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) =>
      definition(`${folder}/${name}`, await readFile(new URL(`${folder}/${name}`, MIGRATIONS), 'utf8')),
    ),
  );
}

/** Returns the SQL of all tables' comments, in order of the tables' names. So the text is always the same, although a bundler may list the
 * tables of a module in another order. */
function tableComments(): string {
  return [...Object.values(tables), ...stateTables]
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap(({ name, doc, columns }) => [
      `comment on table baleen_store.${name} is ${literal(doc)};`,
      ...columns.map(
        (column) => `comment on column baleen_store.${name}.${column.name} is ${literal(column.doc)};`,
      ),
    ])
    .join('\n');
}

/** A file of views in pieces: each but the first makes one view or function and comments it. No line within a statement begins with
 * `create`. */
export const pieces = (text: string): string[] => text.split(/^(?=create )/m);

/** Returns the name, with its schema, of the view, function or aggregate that a piece of SQL creates; undefined if it creates none. */
export const madeBy = (piece: string): string | undefined =>
  /^create or replace (?:view|function|aggregate) ([\w.]+)/.exec(piece)?.[1];

/** Returns the file's name for each view, function and aggregate that a file of views creates. */
export function filesOfObjects(wanted: readonly Definition[]): ReadonlyMap<string, string> {
  const files = wanted.filter(({ name }) => name.startsWith('views/'));
  const made = files.flatMap(({ name, text }) => pieces(text).map((piece) => [madeBy(piece), name] as const));
  return new Map(made.filter((entry): entry is readonly [string, string] => entry[0] !== undefined));
}
