/** Snapshot archives among the sources of a command. */
import { join, resolve } from 'node:path';
import type { UnpackedArchive } from '@baleen/source';
import type { Context } from '../cli/context.ts';
import { grouped } from '../output/table.ts';

export interface UnpackOptions {
  readonly dataDir: string;
  /** Whether the application's state is wanted. */
  readonly wantsState: boolean;
}

/** Runs `work` with the sources, each archive among them unpacked to a folder below the data folder that is removed afterwards.
 *
 * @throws BaleenError what `unpackArchive` throws; nothing is left behind then */
export async function withUnpacked<T>(
  sources: readonly string[],
  { dataDir, wantsState }: UnpackOptions,
  { say, signal }: Pick<Context, 'say' | 'signal'>,
  work: (sources: readonly string[]) => Promise<T>,
): Promise<T> {
  const { isArchive, unpackArchive } = await import('@baleen/source');
  const into = join(resolve(dataDir), 'archives');
  const unpacked: UnpackedArchive[] = [];
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
    return await work(folders);
  } finally {
    for (const archive of unpacked) archive.close();
  }
}
