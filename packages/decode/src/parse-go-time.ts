import { BaleenError, type GoTime } from '@baleen/chain';

/** RFC 3339 in UTC, to the nanosecond. */
export function parseGoTime(text: string): GoTime {
  const dot = text.indexOf('.');
  const end = text.length - 1;
  const whole = dot < 0 ? text.slice(0, end) : text.slice(0, dot);
  const milliseconds = Date.parse(`${whole}Z`);
  if (Number.isNaN(milliseconds))
    throw new BaleenError('data', 'DECODE_MALFORMED', `expected a time, found '${text}'`);
  const nanos = dot < 0 ? 0 : Number(text.slice(dot + 1, end).padEnd(9, '0'));
  return { seconds: milliseconds / 1000, nanos };
}
