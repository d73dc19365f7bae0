import { describe, expect, test } from 'vitest';
import { completedTag, FrameReader, sqlOf } from './frames.ts';

function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')]);
}

describe('frames of the wire protocol', () => {
  const stream = Buffer.concat([
    message('', '\0\x03\0\0user\0baleen\0\0'),
    message('Q', 'copy t from stdin\0'),
    message('d', 'rows'),
    message('P', 'name\0commit\0\0\0'),
    message('C', 'COMMIT\0'),
  ]);

  test('are the same however the stream is cut', () => {
    const whole = new FrameReader(true).push(stream);
    expect(whole.map(({ type }) => type)).toEqual(['', 'Q', 'd', 'P', 'C']);
    for (const size of [1, 3, 7, 50]) {
      const reader = new FrameReader(true);
      const frames = [];
      for (let at = 0; at < stream.length; at += size)
        frames.push(...reader.push(stream.subarray(at, at + size)));
      expect(frames.map(({ bytes }) => bytes.toString('hex'))).toEqual(
        whole.map(({ bytes }) => bytes.toString('hex')),
      );
    }
  });

  test('tell the SQL of simple and parsed queries, and the tag of a completed command', () => {
    const frames = new FrameReader(true).push(stream);
    expect(frames.map(sqlOf)).toEqual([undefined, 'copy t from stdin', undefined, 'commit', undefined]);
    expect(frames.map(completedTag).at(-1)).toBe('COMMIT');
  });
});
