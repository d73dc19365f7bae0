import { BaleenError } from '@baleen/chain';
import { encodeBech32, WireWriter } from '@baleen/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columbus4 } from './columbus-4.ts';
import { concat, registered, txBytes } from './encode.fixture.ts';
import { decodeStdTx as decodeWith } from './index.ts';
import type { Field, Group, Kind, Registration, ScalarKind } from './schema.ts';

const decodeStdTx = (raw: Uint8Array, prefix?: string, registry = columbus4) =>
  decodeWith(raw, prefix, registry);

/** A value: what it is in JSON, and how it is written as a field. Absent ones are those that amino leaves out. */
interface Sample {
  readonly json: unknown;
  readonly write: (writer: WireWriter, field: number) => void;
}

const registrations = [...new Set(columbus4.types.values())];
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const sample = (json: unknown, write: Sample['write']): Sample => ({ json, write });

const varint = (value: bigint, json: unknown): Sample =>
  sample(json, (writer, field) => void writer.varint(field, value));
const raw = (value: Uint8Array, json: unknown): Sample =>
  sample(json, (writer, field) => void writer.bytes(field, value));
const address = (suffix: string): fc.Arbitrary<Sample> =>
  bytes.map((value) => raw(value, encodeBech32(`terra${suffix}`, value)));

const decimalText = (value: bigint): string => {
  const digits = String(value < 0n ? -value : value).padStart(19, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`;
};

const PROPOSAL_STATUSES = ['', 'DepositPeriod', 'VotingPeriod', 'Passed', 'Rejected', 'Failed'];

const PROPOSAL_KINDS = ['', 'Text', 'ParameterChange', 'SoftwareUpgrade'];

const scalars: Readonly<Record<ScalarKind, fc.Arbitrary<Sample>>> = {
  text: fc.string({ unit: 'binary' }).map((value) => raw(Buffer.from(value), value)),
  int64: int64.map((value) => varint(value, String(value))),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => varint(value, String(value))),
  number: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => varint(value, Number(value))),
  bool: fc.boolean().map((value) => varint(value ? 1n : 0n, value)),
  'vote-option': fc
    .constantFrom('', 'Yes', 'Abstain', 'No', 'NoWithVeto')
    .map((value) => varint(BigInt(['', 'Yes', 'Abstain', 'No', 'NoWithVeto'].indexOf(value)), value)),
  'proposal-status': fc
    .constantFrom(...PROPOSAL_STATUSES)
    .map((value) => varint(BigInt(PROPOSAL_STATUSES.indexOf(value)), value)),
  'proposal-kind': fc
    .constantFrom(...PROPOSAL_KINDS)
    .map((value) => varint(BigInt(PROPOSAL_KINDS.indexOf(value)), value)),
  base64: bytes.map((value) => raw(value, Buffer.from(value).toString('base64'))),
  hex: bytes.map((value) => raw(value, Buffer.from(value).toString('hex'))),
  integer: fc
    .bigInt({ min: -(2n ** 255n) + 1n, max: 2n ** 255n - 1n })
    .map((value) => raw(Buffer.from(String(value)), String(value))),
  decimal: fc.bigInt().map((value) => raw(Buffer.from(String(value)), decimalText(value))),
  account: address(''),
  operator: address('valoper'),
  consensus: address('valcons'),
  'consensus-key': address('valconspub'),
  time: fc.integer({ min: 1, max: 253_402_300_799 }).map((seconds) =>
    sample(`${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`, (writer, field) => {
      writer.message(field, new WireWriter().varint(1, seconds).finish());
    }),
  ),
};

const structBytes = (fields: readonly Sample[]): Uint8Array => {
  const writer = new WireWriter();
  fields.forEach((value, index) => void value.write(writer, index + 1));
  return writer.finish();
};

function structSample(
  fields: readonly Field[],
  depth: number,
): fc.Arbitrary<{ json: object; bytes: Uint8Array }> {
  return fc.tuple(...fields.map(({ kind }) => kindSample(kind, depth))).map((values) => ({
    json: Object.fromEntries(
      fields
        .map(({ name, omitEmpty }, index) => [name, values[index]!.json, omitEmpty] as const)
        .filter(([, json, omitEmpty]) => !(omitEmpty && (json === '' || json === '0'))),
    ),
    bytes: structBytes(values),
  }));
}

function kindSample(kind: Kind, depth: number): fc.Arbitrary<Sample> {
  if (typeof kind === 'string') return scalars[kind];
  if ('each' in kind) {
    return fc.array(kindSample(kind.each, depth), { minLength: 1, maxLength: 3 }).map((elements) =>
      sample(
        elements.map(({ json }) => json),
        (writer, field) => {
          for (const element of elements) element.write(writer, field);
        },
      ),
    );
  }
  if ('implements' in kind) return interfaceSample(kind.implements, depth);
  if (!('fields' in kind)) throw new TypeError('no bare byte arrays');
  return structSample(kind.fields, depth).map(({ json, bytes: body }) =>
    sample(json, (writer, field) => void writer.message(field, body)),
  );
}

const interfaceSample = (group: Group, depth: number): fc.Arbitrary<Sample> =>
  fc
    .constantFrom(...registrations.filter((one) => one.group === group && (depth < 3 || !holdsItself(one))))
    .chain((registration) =>
      bodySample(registration, depth + 1).map(({ json, bytes: body }) =>
        sample({ type: registration.name, value: json }, (writer, field) => {
          writer.message(field, registered(registration.name, body));
        }),
      ),
    );

const holdsItself = ({ name }: Registration): boolean => /ExecAuthorized|Multisig/.test(name);

function bodySample(
  { body }: Registration,
  depth: number,
): fc.Arbitrary<{ json: unknown; bytes: Uint8Array }> {
  if (typeof body === 'object' && 'fields' in body) return structSample(body.fields, depth);
  const size = typeof body === 'object' && 'bytes' in body ? body.bytes : 0;
  return fc.uint8Array({ minLength: size, maxLength: size }).map((value) => ({
    json: Buffer.from(value).toString('base64'),
    bytes: concat(Uint8Array.of(size), value),
  }));
}

describe('the amino reader', () => {
  test.each(registrations.filter(({ group }) => group === 'message').map((one) => [one.name, one] as const))(
    'reads any %s as it was written',
    (name, registration) => {
      fc.assert(
        fc.property(bodySample(registration, 0), ({ json, bytes: body }) => {
          const [message] = decodeStdTx(txBytes([registered(name, body)]), 'terra').messages;
          expect(message?.fields).toBeUndefined();
          expect(JSON.parse(message!.value!)).toEqual(json);
        }),
        { numRuns: 30 },
      );
    },
  );

  test('answers any change of a tx with messages or a data error', () => {
    const message = fc
      .constantFrom(...registrations.filter(({ group }) => group === 'message'))
      .chain((one) => bodySample(one, 0).map(({ bytes: body }) => registered(one.name, body)));
    const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() });
    fc.assert(
      fc.property(message, change, (written, { at, to, cut }) => {
        const tx = txBytes([written]);
        const changed = Uint8Array.from(tx);
        changed[at % tx.length] = to;
        try {
          const { messages } = decodeStdTx(cut ? changed.subarray(0, at % tx.length) : changed, undefined);
          for (const { value, fields } of messages) JSON.parse(value ?? fields!);
        } catch (error) {
          expect(error).toBeInstanceOf(BaleenError);
          expect(error).toMatchObject({ kind: 'data', code: 'DECODE_AMINO' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
