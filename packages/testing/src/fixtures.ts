/** The recorded chains that are part of the repository. */
import { join } from 'node:path';

export type FixtureName = 'terra-columbus4-devnet' | 'terra-columbus5-devnet';

const FIXTURES = join(import.meta.dirname, '../fixtures');

/** Path of a file or folder of a bundled fixture, e.g. `fixture('terra-columbus4-devnet', 'rpc.jsonl.gz')`. */
export const fixture = (name: FixtureName, ...path: string[]): string => join(FIXTURES, name, ...path);

/** Folder with blockstore.db, state.db and genesis.json, written by a node that was stopped. */
export const fixtureData = (name: FixtureName): string => fixture(name, 'data');

/** Returns the path of a fixture's data that its node left when it was killed with SIGKILL. */
export const fixtureKilled = (name: FixtureName): string => fixture(name, 'data-killed');
