import type { Event } from '@baleen/chain';
import { describe, expect, it } from 'vitest';
import { messageIndexes } from './event-messages.ts';

const event = (type: string, ...attributes: [string, string][]): Event =>
  ({ type, attributes }) as unknown as Event;
const opening = (...more: [string, string][]): Event => event('message', ['action', 'send'], ...more);
const transfer = event('transfer', ['amount', '1uluna']);
const fee = event('tx', ['fee', '']);

describe('the message of an event', () => {
  it('is the one whose opening event stands before it, where there are as many of these as messages', () =>
    expect(messageIndexes([fee, opening(), transfer, opening(), transfer], 2)).toEqual([null, 0, 0, 1, 1]));

  it('is not told where a message emits opening events of its own, or has none', () => {
    expect(messageIndexes([opening(), transfer, opening()], 1)).toBeUndefined();
    expect(messageIndexes([opening(), transfer], 2)).toBeUndefined();
    expect(messageIndexes([opening(), transfer], undefined)).toBeUndefined();
    expect(messageIndexes([fee, transfer], 1)).toBeUndefined();
  });

  it('is not sure after the last opening event where a post handler may emit some', () =>
    expect(
      messageIndexes([opening(['module', 'bank']), transfer, opening(['module', 'bank']), transfer], 2),
    ).toEqual([0, 0, 1, null]));

  it('is what the chain says where it says it, whatever a contract calls its own attributes', () => {
    const of = (index: string): [string, string] => ['msg_index', index];
    expect(
      messageIndexes([fee, opening(of('0')), event('wasm', of('9'), of('0')), opening(of('1')), transfer], 2),
    ).toEqual([null, 0, 0, 1, null]);
    expect(messageIndexes([opening(), event('wasm', of('9'))], 1)).toEqual([0, 0]);
  });
});
