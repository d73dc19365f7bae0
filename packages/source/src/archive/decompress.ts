import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { operatorError } from '../errors.ts';
import { decompressLz4 } from './lz4.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Offset of the text `ustar` in a tar header. */
const USTAR_AT = 257;
/** Windows of up to 2 GiB, as `zstd --long=31` asks for. */
const MAX_ZSTD_WINDOW_LOG = 31;

export type Packing = 'tar' | 'gzip' | 'zstd' | 'lz4';

/** Recognises how an archive is compressed by its first bytes, whatever its name is.
 *
 * @throws BaleenError  `SOURCE_ARCHIVE_UNSUPPORTED`; Node's own for a file that can't be read */
export function packingOf(path: string): Packing {
  const head = Buffer.alloc(512);
  const fd = openSync(path, 'r');
  const length = readSync(fd, head, 0, head.length, 0);
  closeSync(fd);
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const magic = head.readUInt32LE(0);
  if (magic === 0xfd2fb528) return 'zstd';
  // 0x184d2a5x begins a frame that is skipped, of LZ4 and of zstd.
  if (magic === 0x184d2204 || magic === 0x184c2102) return 'lz4';
  if (head.toString('latin1', USTAR_AT, USTAR_AT + 5) === 'ustar') return 'tar';
  const found =
    length === 0
      ? 'an empty file; download it again'
      : `bytes ${head.toString('hex', 0, Math.min(8, length))}; unpack it and name the folder`;
  throw operatorError(
    'SOURCE_ARCHIVE_UNSUPPORTED',
    `open archive ${path}: expected tar, or tar compressed with gzip, zstd or lz4, found ${found}`,
  );
}

/** The bytes of the tar in an archive, from beginning to end. */
export async function* tarBytes(
  path: string,
  packing: Packing,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, {
    highWaterMark: CHUNK_BYTES,
    ...(signal !== undefined && { signal }),
  });
  try {
    if (packing === 'tar') yield* file;
    else if (packing === 'lz4') yield* decompressLz4(file);
    else {
      const stream = packing === 'gzip' ? zlib.createGunzip({ chunkSize: CHUNK_BYTES }) : createZstd(path);
      file.once('error', (error) => stream.destroy(error));
      yield* file.pipe(stream);
    }
  } finally {
    file.destroy();
  }
}

function createZstd(path: string) {
  // Node has it since 22.15 and 23.8.
  if (zlib.createZstdDecompress === undefined)
    throw operatorError(
      'SOURCE_ARCHIVE_UNSUPPORTED',
      `open archive ${path}: expected Node.js 22.15 or later for zstd, found ${process.version}; unpack it and name the folder`,
    );
  const params = { [zlib.constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG };
  return zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES, params });
}
