import { describe, expect, test } from 'vitest';
import { decompressLz4, Lz4Error } from './lz4.ts';
import { XxHash32 } from './xxhash32.ts';

/** What the frames below hold: a pattern of 2,040 bytes, again and again. */
function content(): Buffer {
  const lines = Array.from({ length: 40 }, (_, line) =>
    Buffer.concat([
      Uint8Array.from({ length: 37 }, (_, at) => (line * 7 + at) % 251),
      Buffer.from(' of the chain\n'),
    ]),
  );
  return Buffer.alloc(140_000, Buffer.concat(lines));
}

/** Written by lz4 1.9.4. */
const FRAMES = {
  'linked blocks of 64 KiB, every checksum, its size in the header (lz4 -9 -B4 -BD -BX --content-size)':
    'BCJNGFxA4CICAAAAAABPMAMAAP8kAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCBvZiB0aGUgY2hhaW4K' +
    'LAALeiUmJygpKiszAA8sAAt6LC0uLzAxMjMADywAC3ozNDU2Nzg5MwAPLAALejo7PD0+P0AzAA8sAAt6QUJDREVGRzMADywA' +
    'C3pISUpLTE1OMwAPLAALek9QUVJTVFUzAA8sAAt6VldYWVpbXDMADywAC3pdXl9gYWJjMwAPLAALemRlZmdoaWozAA8sAAt6' +
    'a2xtbm9wcTMADywAC3pyc3R1dnd4MwAPLAALenl6e3x9fn8zAA8sAAt6gIGCg4SFhjMADywAC3qHiImKi4yNMwAPLAALeo6P' +
    'kJGSk5QzAA8sAAt6lZaXmJmamzMADywAC3qcnZ6foKGiMwAPLAALeqOkpaanqKkzAA8sAAt6qqusra6vsDMADywAC3qxsrO0' +
    'tba3MwAPLAALeri5uru8vb4zAA8sAAt6v8DBwsPExTMADywAC3rGx8jJysvMMwAPLAALes3Oz9DR0tMzAA8sAAt61NXW19jZ' +
    '2jMADywAC3rb3N3e3+DhMwAPLAALeuLj5OXm5+gzAA8sAAt66err7O3u7zMADywAC3rw8fLz9PX2MwAPLAALevf4+foAAQIz' +
    'AA8sAAsDewYKMwAPLAALA3sGCjMADywACwN7BgozAA4sAA//BgAKMwAPKwcRGiUzAA8rBxEaLDMADysHERozMwAPKwcRGjoz' +
    'AA/4B///////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////6FBhaW4KI8LvQDcKAQAAD/gH////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '/////////////////////////////+hQaW4KRkeW8XvnLAAAAA/4B///////////////////////////////////////////' +
    '///qUK+wsbKzZMBX4AAAAAA+tKLm',
  'independent blocks of 64 KiB (lz4 -9 -B4)':
    'BCJNGGRApzADAAD/JAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQgb2YgdGhlIGNoYWluCiwAC3olJico' +
    'KSorMwAPLAALeiwtLi8wMTIzAA8sAAt6MzQ1Njc4OTMADywAC3o6Ozw9Pj9AMwAPLAALekFCQ0RFRkczAA8sAAt6SElKS0xN' +
    'TjMADywAC3pPUFFSU1RVMwAPLAALelZXWFlaW1wzAA8sAAt6XV5fYGFiYzMADywAC3pkZWZnaGlqMwAPLAALemtsbW5vcHEz' +
    'AA8sAAt6cnN0dXZ3eDMADywAC3p5ent8fX5/MwAPLAALeoCBgoOEhYYzAA8sAAt6h4iJiouMjTMADywAC3qOj5CRkpOUMwAP' +
    'LAALepWWl5iZmpszAA8sAAt6nJ2en6ChojMADywAC3qjpKWmp6ipMwAPLAALeqqrrK2ur7AzAA8sAAt6sbKztLW2tzMADywA' +
    'C3q4ubq7vL2+MwAPLAALer/AwcLDxMUzAA8sAAt6xsfIycrLzDMADywAC3rNzs/Q0dLTMwAPLAALetTV1tfY2dozAA8sAAt6' +
    '29zd3t/g4TMADywAC3ri4+Tl5ufoMwAPLAALeunq6+zt7u8zAA8sAAt68PHy8/T19jMADywAC3r3+Pn6AAECMwAPLAALA3sG' +
    'CjMADywACwN7BgozAA8sAAsDewYKMwAOLAAP/wYACjMADysHERolMwAPKwcRGiwzAA8rBxEaMzMADysHERo6MwAP+Af/////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '/////////////////////////////////////+hQYWluCiMwAwAA/yMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFC' +
    'Q0RFRkcgb2YgdGhlIGNoYWluCiwAC3pISUpLTE1OMwAPLAALek9QUVJTVFUzAA8sAAt6VldYWVpbXDMADywAC3pdXl9gYWJj' +
    'MwAPLAALemRlZmdoaWozAA8sAAt6a2xtbm9wcTMADywAC3pyc3R1dnd4MwAPLAALenl6e3x9fn8zAA8sAAt6gIGCg4SFhjMA' +
    'DywAC3qHiImKi4yNMwAPLAALeo6PkJGSk5QzAA8sAAt6lZaXmJmamzMADywAC3qcnZ6foKGiMwAPLAALeqOkpaanqKkzAA8s' +
    'AAt6qqusra6vsDMADywAC3qxsrO0tba3MwAPLAALeri5uru8vb4zAA8sAAt6v8DBwsPExTMADywAC3rGx8jJysvMMwAPLAAL' +
    'es3Oz9DR0tMzAA8sAAt61NXW19jZ2jMADywAC3rb3N3e3+DhMwAPLAALeuLj5OXm5+gzAA8sAAt66err7O3u7zMADywAC3rw' +
    '8fLz9PX2MwAPLAALevf4+foAAQIzAA8sAAt6AwQFBgcICTMADywAC3oKCwwNDg8QMwAPLAALehESExQVFhczAA8sAAt6GBka' +
    'GxwdHjMADywAC3ofICEiIyQlMwAPLAALA3sGCjMADywACwN7BgozAA8sAAsDewYKMwAfAM0AEQozAB8HzQARCjMAHw7NABEK' +
    'MwAfFc0AEQozAA/5AAwCSAcKMwAfI/gH////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////////////////////////////////////////////////////////////////' +
    '///////////////////////////////////////////////////////////////////////////oUGluCkZHUQIAAP8iSElK' +
    'S0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWogb2YgdGhlIGNoYWluCiwAC3prbG1ub3BxMwAPLAALenJzdHV2d3gz' +
    'AA8sAAt6eXp7fH1+fzMADywAC3qAgYKDhIWGMwAPLAALeoeIiYqLjI0zAA8sAAt6jo+QkZKTlDMADywAC3qVlpeYmZqbMwAP' +
    'LAALepydnp+goaIzAA8sAAt6o6SlpqeoqTMADywAC3qqq6ytrq+wMwAPLAALerGys7S1trczAA8sAAt6uLm6u7y9vjMADywA' +
    'C3q/wMHCw8TFMwAPLAALesbHyMnKy8wzAA8sAAt6zc7P0NHS0zMADywAC3rU1dbX2NnaMwAPLAALetvc3d7f4OEzAA8sAAt6' +
    '4uPk5ebn6DMADywAC3rp6uvs7e7vMwAPLAALevDx8vP09fYzAA8sAAt69/j5+gABAjMADywAC3oDBAUGBwgJMwAPLAALegoL' +
    'DA0ODxAzAA8sAAt6ERITFBUWFzMADywAC3oYGRobHB0eMwAPLAALeh8gISIjJCUzAA8sAAt6JicoKSorLDMADywAC3otLi8w' +
    'MTIzMwAPLAALejQ1Njc4OTozAB8AzQARCjMAHwfNABEKMwAfDs0AEQozAB8VzQARCjMAD/kADGo7PD0+P0AzAA8sAAt6QUJD' +
    'REVGRzMADywACwNIBwozAA8sAAsDSAcKMwAPLAALA0gHCjMADywACwNIBwozAC9GR/gH////////////////////////////' +
    '///////qUK+wsbKzAAAAAD60ouY=',
} as const;

async function decompress(chunks: Iterable<Uint8Array>): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const block of decompressLz4(asStream(chunks))) found.push(Buffer.from(block));
  return Buffer.concat(found);
}

async function* asStream(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function* cutUp(bytes: Buffer, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('decompressLz4', () => {
  test.each(Object.entries(FRAMES))('reads what lz4 wrote: %s', async (_, text) => {
    const frame = Buffer.from(text, 'base64');
    for (const size of [1, 7, 1000, frame.length])
      expect((await decompress(cutUp(frame, size))).equals(content())).toBe(true);
  });

  test('reads frames one after the other, and skips those that hold nothing', async () => {
    const frames = Object.values(FRAMES).map((text) => Buffer.from(text, 'base64'));
    const skipped = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2);
    const found = await decompress([frames[0]!, skipped, frames[1]!]);
    expect(found.equals(Buffer.concat([content(), content()]))).toBe(true);
  });

  test('says of a frame that is cut anywhere that it is cut', async () => {
    const frame = Buffer.from(Object.values(FRAMES)[0]!, 'base64');
    for (let end = 1; end < frame.length; end++)
      await expect(decompress([frame.subarray(0, end)]), `${end}`).rejects.toMatchObject({
        isTruncated: true,
      });
  });

  test('never gives other bytes for a changed one', async () => {
    const frame = Buffer.from(Object.values(FRAMES)[0]!, 'base64');
    for (let at = 0; at < frame.length; at++)
      await expect(decompress([frame.with(at, frame[at]! ^ 0x41)]), `${at}`).rejects.toThrow(Lz4Error);
  });

  test('refuses the old format by name', async () => {
    await expect(decompress([Uint8Array.of(0x02, 0x21, 0x4c, 0x18, 0, 0, 0, 0)])).rejects.toThrow(/lz4 -l/);
  });
});

describe('XxHash32', () => {
  test.each([
    ['', 0x02cc5d05],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])('of %o', (text, expected) => {
    const bytes = Buffer.from(text);
    expect(new XxHash32().update(bytes).digest()).toBe(expected);
    const pieces = new XxHash32();
    for (const byte of bytes) pieces.update(Uint8Array.of(byte));
    expect(pieces.digest()).toBe(expected);
  });
});
