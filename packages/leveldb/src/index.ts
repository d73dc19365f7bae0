export {
  type KeyRange,
  type KeyValueReader,
  type LevelDb,
  type LevelDbOptions,
  openLevelDb,
} from './database.ts';
