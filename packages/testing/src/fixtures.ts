import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { create, extract } from 'tar';

export type FixtureName = 'terra-columbus4-devnet' | 'terra-columbus5-devnet';

/** One line of `rpc.jsonl.gz` or `lcd-txs.jsonl.gz`; `height` and `status` only in the latter. */
export interface RecordedAnswer {
  readonly request: string;
  /** The node's own text, or its JSON value. */
  readonly response: unknown;
  readonly height?: number;
  readonly status?: number;
}

const FIXTURES = join(import.meta.dirname, '../fixtures');
const SHARED = join(import.meta.dirname, '../../../../shared');

/** Path of a file or folder of a bundled fixture, e.g. `fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')`. */
export const fixture = (name: FixtureName, ...path: string[]): string => join(FIXTURES, name, ...path);

/** Folder with blockstore.db, state.db and genesis.json, written by a node that was stopped. */
export const fixtureData = (name: FixtureName): string => fixture(name, 'data');

/** The same, of the node ended by `kill -9`. */
export const fixtureKilled = (name: FixtureName): string => fixture(name, 'data-killed');

/** The JSON values of a gzipped file, one a line. */
export function readJsonLines<Line = RecordedAnswer>(gzPath: string): Line[] {
  const lines = gunzipSync(readFileSync(gzPath)).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

/** The answer's JSON, whichever way it was recorded. */
export const answerJson = (answer: RecordedAnswer): unknown =>
  typeof answer.response === 'string' ? JSON.parse(answer.response) : answer.response;

/** Folder of recordings of public chains that aren't part of the repository; undefined where they are absent. */
export function realdata(name: string): string | undefined {
  const folder = join(process.env.BALEEN_REALDATA ?? join(SHARED, 'realdata'), name);
  return existsSync(folder) ? folder : undefined;
}

/** For `beforeEach`: skips a test with its reason where a recording of `realdata` is absent. */
export function needsRealdata(name: string): (context: { skip(reason: string): void }) => void {
  return (context) => {
    if (realdata(name) === undefined) context.skip('needs BALEEN_REALDATA or ../shared/realdata');
  };
}

/** Unpacks `<archive>.tar.gz` files of one recording into a new folder; undefined where the recording is absent.
 *
 * @param name      folder in `../shared/fixtures` or of `realdata`
 * @param archives  names without `.tar.gz`; none: `data` */
export function unpackRecording(name: string, ...archives: string[]): string | undefined {
  const whole = join(SHARED, 'fixtures', name);
  const folder = existsSync(whole) ? whole : realdata(name);
  if (folder === undefined) return undefined;
  const target = temporaryFolder(name);
  for (const archive of archives.length === 0 ? ['data'] : archives)
    extract({ file: join(folder, `${archive}.tar.gz`), cwd: target, sync: true });
  return target;
}

/** A tar of entries of a folder, which is what snapshot archives hold; none: of all. */
export function packTar(folder: string, names: readonly string[] = readdirSync(folder)): Buffer {
  const file = join(temporaryFolder('tar'), 'packed.tar');
  create({ file, cwd: folder, sync: true }, [...names]);
  return readFileSync(file);
}

/** A new folder, removed when the process ends. Vitest ends its workers without a word, so each process also removes the
 * folders of those that are gone. */
export function temporaryFolder(name = 'test'): string {
  if (temporary.length === 0) {
    removeAbandoned();
    process.once('exit', () => temporary.forEach(remove));
  }
  const folder = mkdtempSync(join(tmpdir(), `baleen-test-${process.pid}-${name}-`));
  temporary.push(folder);
  return folder;
}

const temporary: string[] = [];

const remove = (path: string): void => rmSync(path, { recursive: true, force: true });

function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^baleen-test-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    try {
      remove(join(tmpdir(), name));
    } catch {
      // Another user's: theirs to remove.
    }
  }
}
