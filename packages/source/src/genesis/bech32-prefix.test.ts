import { encodeBech32 } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { createPrefixFinder } from './bech32-prefix.ts';

const bytes = Uint8Array.from({ length: 20 }, (_, index) => index);
const address = (prefix: string): string => encodeBech32(prefix, bytes);

describe('createPrefixFinder', () => {
  test('passes over operators, consensus addresses, keys and wrong checksums', () => {
    const others = ['terravaloper', 'terravalcons', 'terrapub', 'terravaloperpub'].map(address);
    const wrong = address('cosmos').replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'));
    const text = JSON.stringify([
      ...others,
      wrong,
      `see ${address('iaa')}`,
      address('terra'),
      address('evmos'),
    ]);
    expect(createPrefixFinder().push(Buffer.from(text))).toBe('terra');
  });

  test('finds an address that is cut anywhere', () => {
    const text = Buffer.from(`{"address":"${address('terra')}"}`);
    for (let cut = 0; cut <= text.length; cut++) {
      const finder = createPrefixFinder();
      const early = finder.push(text.subarray(0, cut));
      expect(finder.push(text.subarray(cut))).toBe('terra');
      expect(early).toBe(cut >= text.length - 1 ? 'terra' : undefined);
    }
  });

  test('finds nothing where there is nothing', () => {
    expect(createPrefixFinder().push(Buffer.from('{"chain_id":"a"}'))).toBeUndefined();
  });
});
