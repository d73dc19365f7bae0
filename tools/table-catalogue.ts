/** `npm run table-catalogue`: writes packages/tables/src/catalogue.ts, the list of the tables that the files of facts/ define. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = join(import.meta.dirname, '../packages/tables/src');
export const CATALOGUE = join(SOURCES, 'catalogue.ts');

interface Definition {
  readonly file: string;
  /** Name of the constant. */
  readonly constant: string;
  /** Name of the table. */
  readonly table: string;
}

export function catalogueFile(): string {
  const definitions = readdirSync(join(SOURCES, 'facts'))
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap(definitionsOf)
    .sort(byOrderOfWriting);
  const files = [...new Set(definitions.map(({ file }) => file))].sort();
  return `/* Made by npm run table-catalogue from the files of facts/; do not edit. */
${files.map((file) => importLine(file, definitions)).join('\n')}

/** Every table of facts, in the order of writing: blocks first, since its key is what refuses a height written twice. */
export const tables = {
${definitions.map(({ constant, table }) => (constant === table ? `  ${table},` : `  ${table}: ${constant},`)).join('\n')}
} as const;
`;
}

const definitionsOf = (file: string): Definition[] =>
  [
    ...readFileSync(join(SOURCES, 'facts', file), 'utf8').matchAll(
      /^export const (\w+) = defineTable\(\{\s+name: '(\w+)'/gm,
    ),
  ].map(([, constant, table]) => ({ file, constant: constant!, table: table! }));

const byOrderOfWriting = (left: Definition, right: Definition): number =>
  Number(right.table === 'blocks') - Number(left.table === 'blocks') || (left.table < right.table ? -1 : 1);

const importLine = (file: string, definitions: readonly Definition[]): string => {
  const constants = definitions.filter((one) => one.file === file).map(({ constant }) => constant);
  return `import { ${constants.sort().join(', ')} } from './facts/${file}';`;
};

if (import.meta.main) writeFileSync(CATALOGUE, catalogueFile());
