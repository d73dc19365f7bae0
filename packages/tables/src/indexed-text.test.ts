import { createHash } from 'node:crypto';
import { InvalidText } from '@baleen/chain';
import { describe, expect, it } from 'vitest';
import { indexedCells } from './indexed-text.ts';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describe('an indexed text', () => {
  it.each(['', 'terra1abc', 'x'.repeat(1024), 'é'.repeat(512)])(
    'of at most 1,024 bytes stays as it is',
    (text) => expect(indexedCells(text)).toEqual({ held: text, raw: null }),
  );

  it.each([
    ['x'.repeat(1025), 'x'.repeat(900)],
    ['é'.repeat(513), 'é'.repeat(450)],
    // 900 bytes end within a character of three bytes, and of four.
    [`x${'€'.repeat(400)}`, `x${'€'.repeat(299)}`],
    [`xx${'😀'.repeat(300)}`, `xx${'😀'.repeat(224)}`],
  ])('that is longer is its first 900 bytes, cut at a character, and its hash', (text, beginning) =>
    expect(indexedCells(text)).toEqual({
      held: `${beginning}…sha256:${sha256(text)}`,
      raw: new TextEncoder().encode(text),
    }),
  );

  it('that Postgres refuses shows U+FFFD and keeps its bytes', () =>
    expect(indexedCells('a\0b')).toEqual({ held: 'a\ufffdb', raw: Uint8Array.from([97, 0, 98]) }));

  it('that Postgres refuses has its hash in a unique key, where another text may show alike', () => {
    const [one, other] = ['a\0b', 'a\ufffdb'].map((text) => indexedCells(text, true).held);
    expect(one).toBe(`a\ufffdb…sha256:${sha256('a\0b')}`);
    expect(other).toBe('a\ufffdb');
  });

  it('of invalid bytes that are too long is hashed as the bytes that it has', () => {
    const bytes = new Uint8Array(2000).fill(0xff);
    const { held, raw } = indexedCells(new InvalidText('\ufffd'.repeat(2000), bytes));
    expect(held).toBe(`${'\ufffd'.repeat(300)}…sha256:${sha256(bytes)}`);
    expect(raw).toBe(bytes);
  });
});
