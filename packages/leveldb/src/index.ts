export { type Backend, detectBackend } from './backend.ts';
export {
  type KeyValueReader,
  type LevelDb,
  type LevelDbOptions,
  openLevelDb,
} from './database.ts';
export { type LiveLevelDb, type LiveLevelDbOptions, openLiveLevelDb } from './live-database.ts';
export type { KeyRange } from './lookup.ts';
export { type NewestLog, newestLog } from './newest-log.ts';
