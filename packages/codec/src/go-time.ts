import { BaleenError, GO_ZERO_SECONDS, type GoTime } from '@baleen/chain';
import { VARINT, type WireReader } from './wire.ts';

/** 10000-01-01T00:00:00Z, the first second that amino, protobuf and RFC 3339 can't express. */
const END_SECONDS = 253_402_300_800;

/** Reads the body of a timestamp: seconds field 1, nanoseconds field 2, both varints (amino and protobuf alike).
 *
 * Refuses what the node's decoders refuse: years outside 1..9999, nanoseconds outside 0..999,999,999. */
export function decodeTimestamp(reader: WireReader): GoTime {
  let seconds = 0;
  let nanos = 0;
  while (!reader.done) {
    const key = reader.key();
    if (key === ((1 << 3) | VARINT)) seconds = reader.int();
    else if (key === ((2 << 3) | VARINT)) nanos = reader.int();
    else reader.skip(key);
  }
  checkTime(seconds, nanos);
  return { seconds, nanos };
}

/** Prints a time in UTC as Go's RFC3339Nano does: trailing zeros of the fraction are left out. */
export function formatGoTime(time: GoTime): string {
  checkTime(time.seconds, time.nanos);
  const date = new Date(time.seconds * 1000).toISOString().slice(0, 19);
  if (time.nanos === 0) return `${date}Z`;
  const fraction = String(time.nanos).padStart(9, '0').replace(/0+$/, '');
  return `${date}.${fraction}Z`;
}

function checkTime(seconds: number, nanos: number): void {
  if (!(seconds >= GO_ZERO_SECONDS && seconds < END_SECONDS))
    throw timeError('seconds', `${GO_ZERO_SECONDS}..${END_SECONDS - 1} (years 1..9999)`, seconds);
  if (!(nanos >= 0 && nanos <= 999_999_999)) throw timeError('nanoseconds', '0..999999999', nanos);
}

function timeError(field: string, expected: string, found: number): BaleenError {
  return new BaleenError('data', 'TIME_OUT_OF_RANGE', `time: ${field}: expected ${expected}, found ${found}`);
}
