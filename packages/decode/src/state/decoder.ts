import { BaleenError, type DecodeState, type StateEraName, type StateRecord } from '@baleen/chain';
import { STATE_ERAS } from './eras/index.ts';
import { KeyReader } from './key-reader.ts';
import type { Layout, StateEra } from './layout.ts';

/** The character that stands for bytes which are not UTF-8, since JSON can't contain them. */
const REPLACEMENT = '\ufffd';
const INEXACT = 'decoded as well; a text in it is not UTF-8, or holds U+FFFD';

/** Makes a decoder of the leaves of an era's module stores.
 *
 * A leaf becomes one `unknown` record with its bytes and the reason if its key and value can't be decoded entirely: the store or the key
 * prefix has no layout, the bytes do not fit the layout, or the value contradicts the key. If the leaf can be decoded but JSON can't
 * contain one of its texts exactly, it gives an `unknown` record beside the others.
 *
 * @param prefix  prefix of account addresses, `terra` */
export function createStateDecoder(era: StateEraName, prefix: string): DecodeState {
  const { addressStyle, stores, rawStores } = STATE_ERAS[era];
  const byStore = new Map(Object.entries(stores).map(([store, layouts]) => [store, byFirstByte(layouts)]));
  return (store, key, value) => {
    const unknown = (reason: string, isMisfit = true): StateRecord => ({
      ...{ kind: 'unknown', store, key, value, reason, isMisfit },
    });
    const layouts = byStore.get(store);
    if (layouts === undefined) {
      const rawReason = rawStores[store];
      return [unknown(rawReason ?? `no layout of store ${store}`, rawReason === undefined)];
    }
    const layout = layouts.find(key);
    if (layout === undefined) return [unknown('no layout of this key')];
    try {
      const read = layout.read(value, prefix);
      const reader = new KeyReader(key, layout.prefix.length, addressStyle, prefix);
      const records = layout.make({ key: reader, value: read, bytes: value, prefix });
      return read.json.includes(REPLACEMENT) ? [...records, unknown(INEXACT, false)] : records;
    } catch (error) {
      if (!(error instanceof BaleenError)) throw error;
      return [unknown(`${layout.becomes}: ${error.message}`)];
    }
  };
}

/** Lists what the leaves of each key prefix are decoded to in a state era: `staking`, `31` → `delegation`. Docs and tests use it. */
export const stateLayouts = (
  era: StateEraName,
): { readonly store: string; readonly prefix: string; readonly becomes: string }[] =>
  Object.entries((STATE_ERAS[era] as StateEra).stores).flatMap(([store, layouts]) =>
    layouts.map(({ prefix, becomes }) => ({ store, prefix: shownPrefix(prefix), becomes })),
  );

const shownPrefix = (prefix: readonly number[]): string =>
  prefix.length > 1 ? Buffer.from(prefix).toString() : Buffer.from(prefix).toString('hex');

interface Layouts {
  find(key: Uint8Array): Layout | undefined;
}

/** Indexes the layouts of a store by the first byte of their key prefix, which differs for each. One layout may have no prefix: it takes
 * all other keys. */
function byFirstByte(layouts: readonly Layout[]): Layouts {
  const first = new Map<number | undefined, Layout>();
  for (const layout of layouts) {
    if (first.has(layout.prefix[0])) throw new TypeError(`two layouts of prefix ${layout.prefix[0]}`);
    first.set(layout.prefix[0], layout);
  }
  const fallback = first.get(undefined);
  return {
    find(key) {
      const layout = key.length === 0 ? undefined : first.get(key[0]);
      const fits = layout?.prefix.every((byte, index) => key[index] === byte) === true;
      return fits ? layout : fallback;
    },
  };
}
