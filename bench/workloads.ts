/** The directories that are indexed. */
import { cpSync, existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { extractTo, ROOT, temporaryFolder } from '@baleen/testing';

export interface Workload {
  readonly name: string;
  readonly path: string;
}

const EVMOS = join(ROOT, '../shared/realdata/leveldb-evmos-tm034');
const FIXTURES = join(ROOT, 'packages/testing/fixtures');

/** Those that are there, unpacked or copied into folders of their own. */
export async function workloads(): Promise<Workload[]> {
  const found: Workload[] = [];
  for (const name of ['terra-columbus4-devnet', 'terra-columbus5-devnet']) {
    const path = temporaryFolder('bench');
    cpSync(join(FIXTURES, name, 'data'), path, { recursive: true });
    found.push({ name, path });
  }
  if (!existsSync(EVMOS)) return found;
  const archive = (name: string): string => join(EVMOS, `${name}.tar.gz`);
  const blocks = databasesIn(await extractTo(temporaryFolder('bench'), archive('blockstore')));
  const both = databasesIn(
    await extractTo(temporaryFolder('bench'), archive('blockstore'), archive('state')),
  );
  found.push({ name: 'evmos, block store alone', path: blocks }, { name: 'evmos', path: both });
  return found;
}

/** The folder of the databases, wherever an archive put them. */
const databasesIn = (folder: string): string =>
  join(folder, dirname(globSync('**/blockstore.db', { cwd: folder })[0] ?? ''));
