import { join } from 'node:path';
import { ROOT } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { firstDifference, JsonNumber, parseJson } from './json.ts';
import { KINDS } from './kinds/index.ts';
import { eventsOf, timeOf } from './normal.ts';
import { readRecording } from './recording.ts';
import { failures } from './report.ts';

const FIXTURES = join(ROOT, 'packages/testing/fixtures');

/** Recorded answers of a fixture, by kind. */
function sizes(name: string): Record<string, number> {
  const recording = readRecording(join(FIXTURES, name));
  return Object.fromEntries(KINDS.map((kind) => [kind.name, kind.recorded(recording).size]));
}

describe('recordings', () => {
  test('columbus-4: 453 hashes, 456 rows to height 290, and 30 txs beyond', () => {
    expect(sizes('terra-columbus4-devnet')).toMatchObject({
      blocks: 298,
      txs: 486,
      'failed txs': 54,
      'txs by hash': 483,
      commits: 296,
      messages: 453,
      signatures: 453,
      'REST results (protobuf)': 0,
    });
  });

  test('columbus-5: 471 txs in both forms, five without an amino form', () => {
    expect(sizes('terra-columbus5-devnet')).toMatchObject({
      blocks: 306,
      txs: 471,
      'failed txs': 56,
      commits: 305,
      'validator sets': 307,
      messages: 471,
      'REST results (amino)': 466,
      'REST results (protobuf)': 471,
    });
  });
});

describe('exact JSON', () => {
  test('a number differs from another spelling of it, and from a string', () => {
    const numbers = parseJson('[1.10,1.1,9007199254740993]');
    expect(numbers).toEqual([
      new JsonNumber('1.10'),
      new JsonNumber('1.1'),
      new JsonNumber('9007199254740993'),
    ]);
    expect(firstDifference(parseJson('{"a":1.10}'), parseJson('{"a":1.1}'))?.path).toBe('.a');
    expect(firstDifference(parseJson('{"a":1}'), parseJson('{"a":"1"}'))?.path).toBe('.a');
  });

  test('order counts in lists, not in objects; absent is not null', () => {
    expect(firstDifference(parseJson('{"a":1,"b":2}'), parseJson('{"b":2,"a":1}'))).toBeUndefined();
    expect(firstDifference(parseJson('[1,2]'), parseJson('[2,1]'))?.path).toBe('[0]');
    expect(firstDifference(parseJson('{"a":null}'), parseJson('{}'))?.path).toBe('.a');
    expect(firstDifference(parseJson('[1]'), parseJson('[1,2]'))?.path).toBe('[1]');
  });
});

describe('one form', () => {
  test('a time keeps its nanoseconds and its cut microseconds; zero is null', () => {
    expect(timeOf('2026-11-23T02:47:01.55431054Z')).toBe('2026-11-23T02:47:01 554310540 554310');
    expect(timeOf('2026-11-23T02:47:01Z')).toBe('2026-11-23T02:47:01 000000000 000000');
    expect(timeOf('0001-01-01T00:00:00Z')).toBeNull();
  });

  test('an event attribute without a value has an empty one, and bytes that are no text show U+FFFD one by one', () => {
    const events = parseJson(
      '[{"type":"tx","attributes":[{"key":"ZmVl","value":null},{"key":"a/4=","value":"AA=="}]}]',
    );
    expect(eventsOf(events, true)).toEqual([
      {
        type: 'tx',
        attributes: [
          ['fee', ''],
          ['k\ufffd', '\u0000'],
        ],
      },
    ]);
  });
});

describe('verdict', () => {
  const kind = {
    kind: 'blocks',
    recorded: 10,
    compared: 10,
    equal: 10,
    different: 0,
    notRecorded: 0,
    notRecordedKeys: [],
    outside: 0,
    differences: [],
  };
  const comparison = { chainId: 'unseen', from: 1, to: 10, faults: [], kinds: [kind] };

  test('fails when a recorded kind compared nothing, unless all of it is about other heights', () => {
    expect(failures(comparison, 'data')).toEqual([]);
    const nothing = { ...kind, compared: 0, equal: 0 };
    expect(failures({ ...comparison, kinds: [nothing] }, 'data')).toHaveLength(1);
    expect(failures({ ...comparison, kinds: [{ ...nothing, outside: 10 }] }, 'data')).toEqual([]);
  });

  test("fails below a known chain's minimum and on a difference", () => {
    const known = { ...comparison, chainId: 'devnet-col4-a' };
    expect(failures(known, 'data')).toContain('blocks: compared 10, at least 290 expected');
    expect(failures({ ...comparison, kinds: [{ ...kind, different: 1 }] }, 'data')).toEqual([
      'blocks: 1 different',
    ]);
  });
});
