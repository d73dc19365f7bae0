/** Every command, in the order of --help. */
import type { Command } from './command.ts';
import { dbStart, dbStop, dbUrl } from './commands/db.ts';
import { demo } from './commands/demo.ts';
import { gaps } from './commands/gaps.ts';
import { index } from './commands/index.ts';
import { inspect } from './commands/inspect.ts';
import { migrate } from './commands/migrate.ts';
import { sql } from './commands/sql.ts';
import { status } from './commands/status.ts';

export const commands: readonly Command[] = [
  demo,
  inspect,
  index,
  status,
  gaps,
  migrate,
  sql,
  dbStart,
  dbStop,
  dbUrl,
];
