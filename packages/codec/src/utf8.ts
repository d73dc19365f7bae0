import { isUtf8 } from 'node:buffer';
import { InvalidText, type Text } from '@baleen/chain';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of `bytes[start, end)`. Short ASCII, the usual case, takes no call into the decoder. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): Text {
  if (end - start <= 24) {
    let text = '';
    let pos = start;
    for (; pos < end; pos++) {
      const byte = bytes[pos]!;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (pos === end) return text;
  }
  const slice = bytes.subarray(start, end);
  return isUtf8(slice) ? strict.decode(slice) : new InvalidText(decodeAsGo(slice), slice);
}

/** Go's `utf8.DecodeRune` over and over: one U+FFFD per invalid byte (Go unicode/utf8; TextDecoder joins some). */
function decodeAsGo(bytes: Uint8Array): string {
  let text = '';
  for (let pos = 0; pos < bytes.length; ) {
    const length = sequenceLength(bytes, pos);
    text += length === 0 ? '\ufffd' : strict.decode(bytes.subarray(pos, pos + length));
    pos += length || 1;
  }
  return text;
}

/** Length of the valid UTF-8 sequence at `pos`, 0 when there is none. */
function sequenceLength(bytes: Uint8Array, pos: number): number {
  const first = bytes[pos]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || pos + length > bytes.length) return 0;
  const second = bytes[pos + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let index = pos + 2; index < pos + length; index++) if ((bytes[index]! & 0xc0) !== 0x80) return 0;
  return length;
}
