/** Runs one workload: measures the command from outside, its tables in Postgres, and a plain COPY to compare with. */
import { spawn } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { BALEEN, temporaryFolder, withClient, withDatabase } from '@baleen/testing';
import { type Baseline, copyBaseline, storedTables } from './copy-baseline.ts';
import { type Use, watchUse } from './memory.ts';
import { type Scan, scanDatabases } from './scan.ts';
import type { Workload } from './workloads.ts';

export interface Measured {
  readonly name: string;
  readonly scan: Scan;
  readonly blocks: number;
  readonly txs: number;
  readonly events: number;
  readonly rows: number;
  /** Seconds until the command ended, with every row, every index and every leaf sealed. */
  readonly seconds: number;
  readonly peakBytes: number;
  /** Bytes in Postgres, with indexes. */
  readonly bytes: number;
  readonly baseline: Baseline;
}

export const measure = ({ name, path }: Workload, serverUrl: string): Promise<Measured> =>
  withDatabase(serverUrl, async (url) => {
    const scan = scanDatabases(path);
    const { seconds, peakBytes } = await timedIndex(path, url);
    return withClient(url, async (client) => {
      const { rows } = await client.query<{ blocks: string; txs: string; events: string }>(
        `select (select count(*) from baleen.blocks)::text as blocks, (select count(*) from baleen.txs)::text as txs,
           (select count(*) from baleen.events)::text as events`,
      );
      const tables = await storedTables(client);
      const folder = temporaryFolder('copy');
      chmodSync(folder, 0o777);
      const baseline = await copyBaseline(client, tables, folder);
      rmSync(folder, { recursive: true, force: true });
      const sum = (of: 'rows' | 'bytes'): number => tables.reduce((total, table) => total + table[of], 0);
      return {
        name,
        scan,
        seconds,
        peakBytes,
        baseline,
        blocks: Number(rows[0]!.blocks),
        txs: Number(rows[0]!.txs),
        events: Number(rows[0]!.events),
        rows: sum('rows'),
        bytes: sum('bytes'),
      };
    });
  });

/** @param more  arguments of `baleen index` */
export const timedIndex = (
  path: string,
  url: string,
  more: readonly string[] = [],
): Promise<Use & { readonly seconds: number }> =>
  timedCommand(['index', path, '--no-state', '--database', url, '--quiet', ...more]);

/** Runs a command to its end.
 * @throws Error when its exit code is not 0 */
export async function timedCommand(args: readonly string[]): Promise<Use & { readonly seconds: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [BALEEN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const watch = watchUse(child.pid!);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  const use = watch.stop();
  if (code !== 0) throw new Error(`baleen ${args.join(' ')}: exit code ${code}`);
  return { seconds: (performance.now() - start) / 1000, ...use };
}
