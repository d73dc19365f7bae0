import { appHashOf, openMultistore } from '@baleen/iavl';
import { type LevelDb, openLevelDb } from '@baleen/leveldb';
import { locateState } from './locate-state.ts';
import { knownAppHash } from './proved-hashes.ts';

/** The app hash of one version, from what the application committed, and as consensus knows it. */
export interface ComparedAppHash {
  readonly height: number;
  readonly computed: Uint8Array;
  /** The app hash that a header or the node's state names; undefined if there is no header of the next height and the node's state is of
   * another height. */
  readonly known: Uint8Array | undefined;
}

/** The app hash of every version that was committed, in order. Commit infos stay when trees are pruned.
 *
 * @param path  see `locateState`
 * @throws BaleenError as `openState` */
export function* compareAppHashes(path: string): Generator<ComparedAppHash> {
  const files = locateState(path);
  const opened: LevelDb[] = [];
  const open = (database: string): LevelDb => {
    const db = openLevelDb(database);
    opened.push(db);
    return db;
  };
  try {
    const multistore = openMultistore(open(files.application));
    const state = files.state === undefined ? undefined : open(files.state);
    const blocks = files.blockStore === undefined ? undefined : open(files.blockStore);
    for (const { from, to } of multistore.committedVersions())
      for (let height = from; height <= Math.min(to, multistore.latest); height++)
        yield {
          height,
          computed: appHashOf(multistore.commitInfo(height)),
          known: knownAppHash(height, blocks, state)?.hash,
        };
  } finally {
    for (const db of opened) db.close();
  }
}
