import { join } from 'node:path';
import { type ApplicationSigns, BaleenError } from '@baleen/chain';
import { type Multistore, openMultistore } from '@baleen/iavl';
import { openLevelDb } from '@baleen/leveldb';
import { readDonePlans, readModuleVersions } from '../state/upgrade-store.ts';
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
      stores: storesOf(multistore, latest),
      moduleVersions: readModuleVersions(multistore, latest),
      donePlans: readDonePlans(multistore, latest).map((plan) => ({
        ...plan,
        stores: storesIfCommitted(multistore, plan.height),
      })),
    };
  } catch (error) {
    if (error instanceof BaleenError || (error instanceof Error && 'syscall' in error)) return undefined;
    throw error;
  }
}

const storesOf = (multistore: Multistore, height: number): string[] =>
  multistore
    .stores(height)
    .filter(({ kind }) => kind === 'iavl')
    .map(({ name }) => name);

/** undefined: the node began above that height, or what it committed there can't be read. */
function storesIfCommitted(multistore: Multistore, height: number): string[] | undefined {
  try {
    return storesOf(multistore, height);
  } catch (error) {
    if (error instanceof BaleenError) return undefined;
    throw error;
  }
}
