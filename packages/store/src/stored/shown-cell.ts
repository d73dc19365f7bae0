import type { CopyType } from '@baleen/tables';
import { CopyReader } from './copy-reader.ts';

const HEADER_BYTES = 19;
/** Characters of a value that a message shows. */
const MOST_CHARACTERS = 100;

/** A cell of binary COPY for people, bytes in hexadecimal as the views print hashes; a long one is cut. */
export function shownCell(type: CopyType, bytes: Uint8Array | null): string {
  if (bytes === null) return 'NULL';
  const head = Buffer.alloc(HEADER_BYTES + 6);
  head.writeInt16BE(1, HEADER_BYTES);
  head.writeInt32BE(bytes.length, HEADER_BYTES + 2);
  const reader = new CopyReader(Buffer.concat([head, bytes]));
  reader.row();
  const text = shown(reader.cell(type));
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function shown(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value}'`;
  if (value instanceof Uint8Array)
    return value.length === 0 ? 'no bytes' : Buffer.from(value).toString('hex').toUpperCase();
  if (Array.isArray(value)) return `{${value.map(shown).join(', ')}}`;
  if (typeof value !== 'object') return String(value);
  const { seconds, nanos } = value as { seconds: number; nanos: number };
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}
