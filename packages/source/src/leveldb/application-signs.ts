import { join } from 'node:path';
import { type ApplicationSigns, BaleenError } from '@baleen/chain';
import { openMultistore } from '@baleen/iavl';
import { openLevelDb } from '@baleen/leveldb';
import { readDonePlans, readModuleVersions, treesOf } from '../state/upgrade-store.ts';
import { checkBackend, type NodeFiles } from './locate.ts';

const NAME = 'application.db';

/** What the application's database tells of the application; undefined: it is not there, or can't be read. Blocks are read without
 * it, so that nothing about it is an error here. */
export function readApplicationSigns({ data, databases }: NodeFiles): ApplicationSigns | undefined {
  if (!databases.includes(NAME)) return undefined;
  const path = join(data, NAME);
  try {
    checkBackend(path);
    using db = openLevelDb(path);
    const multistore = openMultistore(db);
    const { latest } = multistore;
    return {
      stores: treesOf(multistore, latest),
      moduleVersions: readModuleVersions(multistore, latest),
      donePlans: readDonePlans(multistore, latest),
    };
  } catch (error) {
    if (error instanceof BaleenError || (error instanceof Error && 'syscall' in error)) return undefined;
    throw error;
  }
}
