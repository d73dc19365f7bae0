import { ByteQueue } from './byte-queue.ts';
import { XxHash32 } from './xxhash32.ts';

const MAGIC = 0x184d2204;
const LEGACY_MAGIC = 0x184c2102;
/** First of the sixteen magics of frames without data: after the magic come their length and as many bytes to skip. */
const SKIPPABLE_MAGIC = 0x184d2a50;

/** Bits of the flags byte in a frame's header. */
const FLAG = {
  version: 0xc0,
  blockChecksum: 0x10,
  contentSize: 0x08,
  contentChecksum: 0x04,
  dictionary: 0x01,
} as const;
const VERSION_1 = 0x40;
const STORED_BLOCK = 0x8000_0000;
/** How far back a copy may reach, in bytes. If blocks are linked, it may reach into the block before. */
const WINDOW_BYTES = 64 * 1024;

/** The error for a stream that is no LZ4 frame, is cut off, or is damaged. */
export class Lz4Error extends Error {
  readonly isTruncated: boolean;
  constructor(message: string, isTruncated = false) {
    super(message);
    this.name = 'Lz4Error';
    this.isTruncated = isTruncated;
  }
}

/** Decompresses LZ4 frames one after the other, as `lz4` writes them.
 *
 *     frame = magic (4) · flags · block size · [content size (8)] · header checksum · block* · 0 (4) · [content checksum (4)]
 *     block = size (4; highest bit: stored as it is) · bytes · [checksum (4)]
 *
 * (lz4/lz4 doc/lz4_Frame_format.md.) All checksums are XXH32 and are checked. The bytes that it yields are overwritten by the next block.
 *
 * @throws Lz4Error */
export async function* decompressLz4(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new ByteQueue(chunks);
  for (;;) {
    const magic = await input.take(4);
    if (magic.length === 0) return;
    const kind = number(magic, 4);
    if (kind >>> 4 === SKIPPABLE_MAGIC >>> 4) {
      const length = number(await input.take(4), 4);
      if ((await input.take(length)).length < length) throw cut('a frame that is skipped');
    } else if (kind === MAGIC) yield* decompressFrame(input);
    else if (kind === LEGACY_MAGIC)
      throw new Lz4Error('expected an LZ4 frame, found the old format of lz4 -l');
    else throw new Lz4Error(`expected an LZ4 frame, found bytes ${magic.toString('hex')}`);
  }
}

async function* decompressFrame(input: ByteQueue): AsyncGenerator<Uint8Array> {
  const { flags, blockBytes } = await readHeader(input);
  const output = Buffer.allocUnsafe(WINDOW_BYTES + blockBytes);
  const content = new XxHash32();
  let window = 0;
  for (;;) {
    const head = number(await input.take(4), 4);
    if (head === 0) break;
    const isStored = head >= STORED_BLOCK;
    const size = head % STORED_BLOCK;
    if (size > blockBytes)
      throw new Lz4Error(`expected a block of at most ${blockBytes} bytes, found ${size}`);
    const block = await input.take(size);
    if (block.length < size) throw cut('a block');
    if ((flags & FLAG.blockChecksum) !== 0)
      check(new XxHash32().update(block).digest(), await input.take(4), 'block');
    const end = isStored
      ? window + block.copy(output, window)
      : decompressBlock(block, output, window, window + blockBytes);
    const found = output.subarray(window, end);
    if ((flags & FLAG.contentChecksum) !== 0) content.update(found);
    yield found;
    // A linked block copies from the block before.
    const keep = Math.min(end, WINDOW_BYTES);
    output.copyWithin(0, end - keep, end);
    window = keep;
  }
  if ((flags & FLAG.contentChecksum) !== 0) check(content.digest(), await input.take(4), 'frame');
}

async function readHeader(input: ByteQueue): Promise<{ flags: number; blockBytes: number }> {
  const fixed = await input.take(2);
  const flags = number(fixed, 2) & 0xff;
  if ((flags & FLAG.version) !== VERSION_1)
    throw new Lz4Error(`expected an LZ4 frame of version 1, found flags ${flags}`);
  if ((flags & FLAG.dictionary) !== 0)
    throw new Lz4Error('expected an LZ4 frame without a dictionary, found one with');
  const sizeBytes = (flags & FLAG.contentSize) === 0 ? 0 : 8;
  const size = await input.take(sizeBytes);
  const checksum = await input.take(1);
  if (size.length < sizeBytes || checksum.length === 0) throw cut('a header');
  const found = (new XxHash32().update(fixed).update(size).digest() >>> 8) & 0xff;
  if (found !== checksum[0]) throw new Lz4Error(`expected header checksum ${checksum[0]}, found ${found}`);
  const code = (fixed[1]! >>> 4) & 7;
  if (code < 4) throw new Lz4Error(`expected a block size of code 4 to 7, found ${code}`);
  return { flags, blockBytes: 2 ** (8 + 2 * code) };
}

/** Decompresses a block to `output[start, ...)`, at most up to `limit`, and returns where it ends.
 *
 *     block    = sequence*
 *     sequence = token · [more literal length] · literals · offset (2) · [more match length]     the last one ends with its literals
 *     token    = literal length (4 bits) · match length - 4 (4 bits)     15: bytes are added until one is below 255
 *
 * (lz4/lz4 doc/lz4_Block_format.md.) */
export function decompressBlock(block: Uint8Array, output: Uint8Array, start: number, limit: number): number {
  let from = 0;
  let to = start;
  const more = (length: number): number => {
    let total = length;
    for (let byte = 255; byte === 255; total += byte) {
      if (from >= block.length) throw broken('the rest of a length');
      byte = block[from++]!;
    }
    return total;
  };
  while (from < block.length) {
    const token = block[from++]!;
    const literals = token >>> 4 === 15 ? more(15) : token >>> 4;
    if (literals > block.length - from || literals > limit - to) throw broken('fewer literals');
    if (literals > 32) output.set(block.subarray(from, from + literals), to);
    else for (let index = 0; index < literals; index++) output[to + index] = block[from + index]!;
    from += literals;
    to += literals;
    if (from === block.length) return to;
    if (block.length - from < 2) throw broken('the offset of a match');
    const offset = block[from]! | (block[from + 1]! << 8);
    from += 2;
    const length = 4 + ((token & 15) === 15 ? more(15) : token & 15);
    if (offset === 0 || offset > to) throw broken(`an offset of 1 to ${to}`);
    if (length > limit - to) throw broken('a shorter match');
    if (offset >= length && length > 64) output.copyWithin(to, to - offset, to - offset + length);
    else for (let index = 0; index < length; index++) output[to + index] = output[to - offset + index]!;
    to += length;
  }
  throw broken('literals at its end');
}

const broken = (expected: string): Lz4Error =>
  new Lz4Error(`expected ${expected} in a block, found another or the end`);
const cut = (what: string): Lz4Error => new Lz4Error(`expected the rest of ${what}, found the end`, true);

function number(bytes: Buffer, length: number): number {
  if (bytes.length < length) throw cut('a number');
  return bytes.readUIntLE(0, length);
}

function check(found: number, stored: Buffer, what: string): void {
  const expected = number(stored, 4);
  if (found !== expected) throw new Lz4Error(`expected checksum ${expected} of a ${what}, found ${found}`);
}
