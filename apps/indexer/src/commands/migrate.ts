import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { database, dataDir } from '../cli/shared-options.ts';
import { shownUrl, withStore } from '../database.ts';

const dryRun = option(z.boolean().default(false), {
  help: 'print the SQL that would run, and change nothing',
});

export const migrate = defineCommand({
  name: 'migrate',
  summary: 'bring tables forward and recreate changed views',
  details: '`baleen index` does this by itself; use it before an update, or to read the SQL with --dry-run.',
  options: z.object({ database, dataDir, dryRun }),
  run(options, { print, say }) {
    return withStore(options, async (store, { url }) => {
      const statements = await store.migrate({ dryRun: options.dryRun, onFormerLeft: say });
      if (options.dryRun) for (const statement of statements) print(statement);
      else say(statements.length === 0 ? `nothing to do in ${shownUrl(url)}` : `migrated ${shownUrl(url)}`);
      return EXIT.done;
    });
  },
});
