import { describe, expect, it } from 'vitest';
import { crc32c, maskCrc, storedCrc } from './crc32c.ts';

describe('crc32c', () => {
  it.each([
    ['123456789', Buffer.from('123456789'), 0xe3069283],
    ['nothing', Buffer.alloc(0), 0],
    // RFC 3720 B.4
    ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 times ff', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['00 to 1f', Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
  ])('of %s is the published value', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('of a part is that of the part alone, at any alignment', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, index) => index * 7);
    for (let start = 0; start < 20; start++)
      for (let end = start; end < 64; end += 3)
        expect(crc32c(bytes, start, end)).toBe(crc32c(bytes.slice(start, end)));
  });

  it('comes back from its masked form', () => {
    for (const crc of [0, 1, 0x7fffffff, 0x80000000, 0xe3069283, 0xffffffff]) {
      const stored = new Uint8Array(4);
      new DataView(stored.buffer).setUint32(0, maskCrc(crc), true);
      expect(storedCrc(stored, 0)).toBe(crc);
      expect(maskCrc(crc)).not.toBe(crc);
    }
  });
});
