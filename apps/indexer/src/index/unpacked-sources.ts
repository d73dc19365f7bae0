/** Snapshot archives among the sources of a command. */
import { join, resolve } from 'node:path';
import { BaleenError } from '@baleen/chain';
import type { UnpackedArchive } from '@baleen/source';
import type { Context } from '../cli/context.ts';
import { grouped } from '../output/table.ts';

export interface UnpackOptions {
  readonly dataDir: string;
  /** Whether the application's state is wanted. */
  readonly wantsState: boolean;
}

/** Runs `work` with the sources, each archive among them unpacked to a folder below the data folder that is removed afterwards. What it
 * says, throws and reports as faults names the entries of the archive, not the files in that folder.
 *
 * @throws BaleenError what `unpackArchive` throws; nothing is left behind then */
export async function withUnpacked<T extends { readonly faults: readonly BaleenError[] }>(
  sources: readonly string[],
  { dataDir, wantsState }: UnpackOptions,
  context: Context,
  work: (sources: readonly string[], context: Context) => Promise<T>,
): Promise<T> {
  const { isArchive, unpackArchive } = await import('@baleen/source');
  const into = join(resolve(dataDir), 'archives');
  const { say, signal } = context;
  const unpacked: UnpackedArchive[] = [];
  const named = (message: string): string => unpacked.reduce((text, archive) => archive.named(text), message);
  try {
    const folders: string[] = [];
    for (const source of sources) {
      if (!isArchive(source)) folders.push(source);
      else {
        say(`unpacking the databases of ${source} into ${into}`);
        const archive = await unpackArchive(source, { into, wantsState, signal });
        unpacked.push(archive);
        folders.push(archive.folder);
        say(`unpacked ${grouped(archive.bytes)} bytes`);
      }
    }
    const report = await work(folders, { ...context, say: (line) => say(named(line)) });
    return { ...report, faults: report.faults.map((fault) => withMessage(fault, named(fault.message))) };
  } catch (error) {
    throw error instanceof BaleenError ? withMessage(error, named(error.message)) : error;
  } finally {
    for (const archive of unpacked) archive.close();
  }
}

function withMessage(error: BaleenError, message: string): BaleenError {
  if (message === error.message) return error;
  return new BaleenError(error.kind, error.code, message, { cause: error, height: error.height });
}
