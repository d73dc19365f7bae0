import { BaleenError } from '@baleen/chain';

/** A leaf that doesn't say what leaves of its kind say. It stays raw, with this as the reason. */
export const misfit = (expected: string, found: string): BaleenError =>
  new BaleenError('data', 'DECODE_STATE', `expected ${expected}, found ${shorten(found)}`);

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text);
