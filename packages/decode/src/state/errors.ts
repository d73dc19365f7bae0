import { BaleenError } from '@baleen/chain';

/** Makes the error for a leaf whose key or value does not fit the layout. The leaf is kept raw, with the error's message as the reason. */
export const misfit = (expected: string, found: string): BaleenError =>
  new BaleenError('data', 'DECODE_STATE', `expected ${expected}, found ${shorten(found)}`);

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text);
