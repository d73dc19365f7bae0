import { describe, expect, it } from 'vitest';
import { chargedByFailure } from './fee-charged.ts';

describe('the fee of a failed tx', () => {
  it.each([
    [
      'sdk',
      5,
      'failed to execute message; message index: 1: 5uluna is smaller than 9uluna: insufficient funds',
    ],
    ['sdk', 4, 'unauthorized: authorization not found: failed to execute message; message index: 0'],
    ['sdk', 6, 'unrecognized message route: nosuch; message index: 0: unknown request'],
    ['sdk', 10, '[{"msg_index":0,"success":false,"log":"{\\"codespace\\":\\"sdk\\",\\"code\\":10}"}]'],
    ['sdk', 11, 'out of gas in location: Contract Execution; gasWanted: 800000, gasUsed: 51799: out of gas'],
    ['sdk', 11, 'out of gas in location: block gas meter; gasWanted: 1, gasUsed: 2: out of gas'],
  ])('was taken: a message failed (%s %i %s)', (codespace, code, log) =>
    expect(chargedByFailure({ codespace, code, log })).toBe(true),
  );

  it.each([
    ['sdk', 5, 'insufficient funds: insufficient funds to pay for fees;  < 6000uluna'],
    ['sdk', 32, 'account sequence mismatch, expected 5, got 4: incorrect account sequence'],
    [
      'sdk',
      4,
      'signature verification failed; please verify account number (7) and chain-id (x): unauthorized',
    ],
    ['sdk', 4, '{"codespace":"sdk","code":4,"message":"signature verification failed"}'],
    ['sdk', 11, 'out of gas in location: txSize; gasWanted: 10, gasUsed: 1000: out of gas'],
    ['sdk', 11, 'no block gas left to run tx: out of gas'],
  ])('was not taken: the tx was refused before its messages (%s %i %s)', (codespace, code, log) =>
    expect(chargedByFailure({ codespace, code, log })).toBe(false),
  );

  it.each([
    ['sdk', 11, 'out of gas in location: ReadFlat; gasWanted: 52000, gasUsed: 52709: out of gas'],
    ['sdk', 12, '{"codespace":"sdk","code":12,"message":"out of gas in location: ReadFlat"}'],
    ['gov', 1, 'internal'],
    ['undefined', 111222, 'panic message redacted to hide potentially sensitive system info: panic'],
    ['sdk', 5, ''],
    ['', 7, 'something else'],
  ])('is not known: nothing tells where it failed (%s %i %s)', (codespace, code, log) =>
    expect(chargedByFailure({ codespace, code, log })).toBeNull(),
  );
});
