/** Recorded answers, and the recordings that are not part of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar';
import { temporaryFolder } from './temporary-folder.ts';

/** One line of `rpc.jsonl.gz` or `lcd-txs.jsonl.gz`; `height` and `status` only in the latter. */
export interface RecordedAnswer {
  readonly request: string;
  /** The node's own text, or its JSON value. */
  readonly response: unknown;
  readonly height?: number;
  readonly status?: number;
}

const SHARED = join(import.meta.dirname, '../../../../shared');

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
 * @param name      folder of `realdata`, or of the folder `fixtures` beside it
 * @param archives  names without `.tar.gz`; none: `data` */
export function unpackRecording(name: string, ...archives: string[]): string | undefined {
  const folder = realdata(join('../fixtures', name)) ?? realdata(name);
  if (folder === undefined) return undefined;
  const target = temporaryFolder(name);
  for (const archive of archives.length === 0 ? ['data'] : archives)
    extract({ file: join(folder, `${archive}.tar.gz`), cwd: target, sync: true });
  return target;
}
