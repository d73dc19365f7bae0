/** `npm run error-docs`: writes docs/errors.md from the codes that packages/chain lists. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorKind, errorCodes } from '@baleen/chain';
import { EXIT, EXIT_OF_KIND } from '../apps/indexer/src/cli/exit-codes.ts';

export const ERRORS_PAGE = join(import.meta.dirname, '../docs/errors.md');

const KINDS: Readonly<Record<ErrorKind, string>> = {
  data: 'the data disagree or are damaged; the range is left out and nothing false is written',
  operator: 'the command, its configuration or the rights that it has must change',
  source:
    'a source or service did not answer or was busy; the same may work later, and `follow` and `worker` try again',
  bug: 'a fault of Baleen itself: please report it',
};

export function errorsPage(): string {
  return `# Errors

Every error says what was being done, to what, what was expected and found, and the next step. Its code is stable: it stands in the
JSON of \`--json\` and in the view \`failed_ranges\` where a range failed. Made of packages/chain/src/error-codes.ts by \`npm run error-docs\`.

| kind | exit code | |
|---|---|---|
${kinds().join('\n')}

Any other error is a fault of Baleen itself, exit code ${EXIT.bug}. Exit code ${EXIT.incomplete} means that ranges are missing or failed,
${EXIT.interrupted} that the command was interrupted.

${Object.entries(errorCodes).map(section).join('\n\n')}
`;
}

const kinds = (): string[] =>
  Object.entries(KINDS).map(([kind, says]) => `| ${kind} | ${EXIT_OF_KIND[kind as ErrorKind]} | ${says} |`);

function section([code, { kinds, means, next }]: [
  string,
  (typeof errorCodes)[keyof typeof errorCodes],
]): string {
  const exits = kinds.map((kind) => `${kind}, exit code ${EXIT_OF_KIND[kind]}`).join(' or ');
  return `## ${code}\n\n${means}\n\nKind: ${exits}. Next: ${next.replace(/[^.]$/, '$&.')}`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(ERRORS_PAGE, errorsPage());
