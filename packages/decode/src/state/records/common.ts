import type { StateRecord } from '@baleen/chain';
import type { Leaf, MakeRecords } from '../layout.ts';

/** A value that a module has once. */
export const once =
  (module: string, name: string): MakeRecords =>
  ({ key, value }) => {
    key.end();
    return [{ kind: 'module_value', module, name, key: '', valueJson: value.json }];
  };

/** A value that a module has once per key, which `readKey` shows as text. */
export const perKey =
  (module: string, name: string, readKey: (key: Leaf['key']) => string | bigint): MakeRecords =>
  ({ key, value }) => {
    const shown = String(readKey(key));
    key.end();
    return [{ kind: 'module_value', module, name, key: shown, valueJson: value.json }];
  };

/** A leaf that repeats what others say. */
export const index = (store: string, name: string): MakeRecords => {
  const records: StateRecord[] = [{ kind: 'index', store, name }];
  return () => records;
};
