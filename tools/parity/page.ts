/** `node tools/parity/page.ts`: writes docs/lcd-to-sql.md from the table of routes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api, Route } from '../../apps/indexer/src/lcd/route.ts';
import { routes } from '../../apps/indexer/src/lcd/routes/index.ts';
import { uncovered } from '../../apps/indexer/src/lcd/routes/uncovered.ts';
import { sqlLines } from '../../apps/indexer/src/lcd/sql-lines.ts';

export const PARITY_PAGE = join(import.meta.dirname, '../../docs/lcd-to-sql.md');

const TITLES: Readonly<Record<Api, string>> = {
  'amino-0.39': 'Legacy REST of SDK 0.39 (columbus-4)',
  'amino-0.44': 'Legacy REST of SDK 0.44 (columbus-5)',
  'gateway-0.44': 'gRPC gateway of SDK 0.44 (columbus-5)',
};

export function parityPage(): string {
  return `# From REST to SQL

The SQL that answers what a node's REST server (LCD) answers, without asking a node. This page is written by
\`node tools/parity/page.ts\` from the table in \`apps/indexer/src/lcd/routes\`. \`npm run parity -- DIR\` runs each statement and
compares its answer, value for value, with what real nodes had answered; \`baleen compare --lcd URL\` does the same with a node of
your own.

- Parts of a route are psql's variables: \`psql -v delegator=terra1… -c …\`, or \`\\set\`.
- State is as it was after the block that \`coverage\` names, as REST says it with \`height=\` of that block.
- Where a database holds several chains, add \`chain_id = '…'\` for each view.
- REST lists addresses in the order of their bytes; SQL has no order but the one it is told.

${Object.entries(TITLES)
  .map(([api, title]) => section(api as Api, title))
  .join('\n')}
## Not answered by SQL

${uncovered.map(({ path, apis, reason }) => `- \`${path}\` (${apis.join(', ')}):\n  ${reason}`).join('\n')}
`;
}

const section = (api: Api, title: string): string => `## ${title}

${routes
  .filter((route) => route.api === api)
  .map(block)
  .join('\n')}`;

const block = (route: Route): string => `### \`${route.path}\`

\`\`\`sql
${sqlLines(route.sql).join('\n')};
\`\`\`
${notes(route)
  .map((note) => `\n${note}\n`)
  .join('')}`;

const notes = ({ explained, leftOut }: Route): string[] => [
  ...(explained === undefined ? [] : [`Other answers: those of ${explained.reason}.`]),
  ...(leftOut === undefined ? [] : [`Without ${leftOut.join(', ')}, which no database of a node has.`]),
];

if (import.meta.main) writeFileSync(PARITY_PAGE, parityPage());
