import { SNAPPY, UNCOMPRESSED } from '../blocks/compression.ts';
import { defineKinds } from '../blocks/kinds.ts';
import { readCurrent } from '../directory.ts';
import type { Format } from '../format.ts';
import { readFooter } from './footer.ts';

/** Directories of goleveldb and of Google's LevelDB. */
export const goleveldb: Format = {
  backend: 'goleveldb',
  manifestName: readCurrent,
  // `.sst` is what older writers gave.
  tableEndings: ['ldb', 'sst'],
  reusesLogs: false,
  kinds: defineKinds({ 0: 'deletion', 1: 'put' }),
  compressions: { 0: UNCOMPRESSED, 1: SNAPPY },
  readHead: (file) => ({ index: readFooter(file), levels: 1 }),
  readField(tag, edit, _, fail) {
    throw fail('a tag of 1..7 or 9', `tag ${tag} before byte ${edit.pos} of the edit`);
  },
};
