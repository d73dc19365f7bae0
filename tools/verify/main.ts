/** `npm run verify-recordings [-- NAME]`: indexes every recording there is, from files and over RPC, and verifies it from the rows alone,
 * signatures included. Prints a line for each; exit code 1 when one is not proved. */
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  baleen,
  indexHere,
  openServer,
  ROOT,
  replayRpc,
  unpackRecording,
  withDatabase,
} from '@baleen/testing';
import { recordings as answersOf } from '../fidelity/rpc.ts';
import { FIXTURES, RECORDINGS, shownName } from '../hash-table.ts';

interface Source {
  readonly name: string;
  /** Folder of the databases, or URL of a node that answers as recorded. */
  readonly place: string;
  close(): Promise<void>;
}

const kept = async (): Promise<void> => undefined;

/** Every recording, one at a time: unpacked, or answered over RPC. */
async function* sources(wanted: string | undefined): AsyncGenerator<Source> {
  const isWanted = (name: string): boolean => wanted === undefined || name.includes(wanted);
  for (const [name, place] of FIXTURES) if (isWanted(name)) yield { name, place, close: kept };
  for (const [recording, archives] of RECORDINGS) {
    const name = shownName(recording, archives);
    const unpacked = isWanted(name) ? unpackRecording(recording, ...archives) : undefined;
    if (unpacked === undefined) continue;
    const holder = globSync('**/blockstore.db', { cwd: unpacked })[0]!;
    yield { name: `${name} ${archives.join(' ')}`, place: dirname(join(unpacked, holder)), close: kept };
  }
  const fixtures = join(ROOT, '../shared/fixtures');
  for (const name of existsSync(fixtures) ? globSync('*', { cwd: fixtures }).sort() : []) {
    const answers = answersOf(join(fixtures, name), 'data');
    if (!isWanted(name) || answers.length === 0) continue;
    const node = await replayRpc(answers);
    yield { name: `${name} over RPC`, place: node.url, close: () => node.close() };
  }
}

/** Indexes a source and verifies it. Resolves to whether all of it is proved. */
async function verified({ name, place }: Source, serverUrl: string): Promise<boolean> {
  return withDatabase(serverUrl, async (url) => {
    const began = performance.now();
    await indexHere(place, url, '--no-state');
    const indexed = performance.now();
    const { code, stdout, stderr } = await baleen(['verify', '--signatures', '--database', url, '--quiet']);
    const seconds = [indexed - began, performance.now() - indexed].map((ms) => (ms / 1000).toFixed(1));
    const told = `${stdout}${stderr}`.trim().split('\n').slice(0, 12).join('\n  ');
    console.log(
      `${name}: indexed in ${seconds[0]} s, verified in ${seconds[1]} s, exit code ${code}\n  ${told}`,
    );
    return code === 0;
  });
}

const server = await openServer(undefined);
try {
  let isProved = true;
  for await (const source of sources(process.argv[2])) {
    isProved = (await verified(source, server.url)) && isProved;
    await source.close();
  }
  process.exitCode = isProved ? 0 : 1;
} finally {
  await server.stop();
}
