/** Every command, in the order of --help. */
import type { Command } from './cli/command.ts';
import { compare } from './commands/compare.ts';
import { dbStart, dbStop, dbUrl } from './commands/db.ts';
import { demo } from './commands/demo.ts';
import { descriptorsFetch } from './commands/descriptors.ts';
import { enqueue } from './commands/enqueue.ts';
import { follow } from './commands/follow.ts';
import { forget } from './commands/forget.ts';
import { gaps } from './commands/gaps.ts';
import { index } from './commands/index-command.ts';
import { inspect } from './commands/inspect.ts';
import { migrate } from './commands/migrate.ts';
import { redecode } from './commands/redecode.ts';
import { sql } from './commands/sql.ts';
import { state } from './commands/state.ts';
import { status } from './commands/status.ts';
import { verify } from './commands/verify.ts';
import { worker } from './commands/worker.ts';

export const commands: readonly Command[] = [
  demo,
  inspect,
  index,
  state,
  follow,
  enqueue,
  worker,
  status,
  gaps,
  verify,
  compare,
  redecode,
  forget,
  migrate,
  sql,
  descriptorsFetch,
  dbStart,
  dbStop,
  dbUrl,
];
