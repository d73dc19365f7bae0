/** `node tools/env-example.ts`: writes .env.example, every variable that the command `baleen` reads. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OptionSpec } from '../apps/indexer/src/cli/command.ts';
import { commands } from '../apps/indexer/src/commands.ts';
import { wrapped } from '../apps/indexer/src/output/table.ts';

export const ENV_EXAMPLE = join(import.meta.dirname, '../.env.example');

const WIDTH = 100;

/** A block for each option: what it does, which commands have it, and its variable, commented out. */
export function envExample(): string {
  const options = commands.flatMap(({ name, options }) =>
    options.filter(({ envNames }) => envNames.length > 0).map((spec) => ({ name, spec })),
  );
  const blocks = [...Map.groupBy(options, ({ spec }) => spec.envNames[0]!).values()].map((same) =>
    block(
      same[0]!.spec,
      same.map(({ name }) => name),
    ),
  );
  const title = [
    '# Every variable that the command baleen reads; a flag on the command line wins over it, and it over baleen.toml.',
    '# Written by node tools/env-example.ts.',
  ];
  return `${title.join('\n')}\n\n${blocks.join('\n\n')}\n`;
}

function block({ help, envNames, value, flag }: OptionSpec, names: readonly string[]): string {
  const of = names.length === commands.length ? 'every command' : names.join(', ');
  const words = wrapped(`${flag} (${of}): ${help}`, WIDTH).map((line) => `# ${line}`);
  const [own, also] = envNames;
  return [...words, `#${also ?? own}=${value ?? 'yes'}`].join('\n');
}

if (import.meta.main) writeFileSync(ENV_EXAMPLE, envExample());
