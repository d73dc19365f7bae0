/** `node tools/parity/page.ts`: writes docs/lcd-to-sql.md from the tables of routes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api, Route } from '../../apps/indexer/src/lcd/route.ts';
import { routes } from '../../apps/indexer/src/lcd/routes/index.ts';
import { uncovered } from '../../apps/indexer/src/lcd/routes/uncovered.ts';

export const PARITY_PAGE = join(import.meta.dirname, '../../docs/lcd-to-sql.md');

const TITLES: Readonly<Record<Api, string>> = {
  'amino-0.39': 'Legacy REST of SDK 0.39 (columbus-4)',
  'amino-0.44': 'Legacy REST of SDK 0.44 (columbus-5)',
  'gateway-0.44': 'gRPC gateway of SDK 0.44 (columbus-5)',
};

export function parityPage(): string {
  return `# From REST to SQL

What a node's REST server (LCD) answers, and the SQL that answers it from Baleen's state, without asking a node. Made of the table that
\`npm run parity -- DIR\` runs (\`apps/indexer/src/lcd/routes\`): each line is compared, value for value, with what real nodes had answered. Parts of a route are psql's
variables: \`psql -v delegator=terra1… -c …\` or \`\\set\`. The state is the one that \`coverage\` names, after that block, as REST's \`height=\` would say it. Where a
database holds several chains add \`chain_id = …\`.

REST lists addresses in the order of their bytes; SQL has no order but the one it is told.
${Object.entries(TITLES)
  .map(([api, title]) => section(api as Api, title))
  .join('')}
## Not answered by SQL

| route | of | why |
|---|---|---|
${uncovered.map(({ path, apis, reason }) => `| \`${path}\` | ${apis.join(', ')} | ${cell(reason)} |`).join('\n')}
`;
}

const section = (api: Api, title: string): string => `
## ${title}

| route | SQL |
|---|---|
${routes
  .filter((route) => route.api === api)
  .map(line)
  .join('\n')}
`;

const line = ({ path, sql, otherwise, leftOut }: Route): string => {
  const notes = [
    ...(otherwise === undefined ? [] : [`${otherwise.reason} says otherwise`]),
    ...(leftOut === undefined ? [] : [`without ${leftOut.join(', ')}, which no database of a node has`]),
  ];
  const note = notes.length === 0 ? '' : ` (${cell(notes.join('; '))})`;
  return `| \`${cell(path)}\` | \`${cell(sql)}\`${note} |`;
};

const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

if (import.meta.main) writeFileSync(PARITY_PAGE, parityPage());
