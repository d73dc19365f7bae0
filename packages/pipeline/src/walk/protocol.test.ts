import { BaleenError } from '@baleen/chain';
import { expect, test } from 'vitest';
import { errorFromThread, transferred } from './protocol.ts';

test('an error of a thread is the same error behind it, and one that no rule covers is a fault of ours', () => {
  const known = new BaleenError('data', 'DECODE_AMINO', 'a tx', { height: 7 });
  expect(errorFromThread(structuredClone(transferred(known, 'encode blocks')))).toEqual(known);
  expect(errorFromThread(structuredClone(transferred(new TypeError('x'), 'encode blocks')))).toMatchObject({
    kind: 'bug',
    code: 'PIPELINE_UNEXPECTED',
    message: expect.stringMatching(/^encode blocks: TypeError: x\n +at /),
  });
});
