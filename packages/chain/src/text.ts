/** Text as a chain wrote it. A plain string when its bytes are valid UTF-8 (NUL included), else the bytes themselves. */
export type Text = string | InvalidText;

/** Bytes that a chain calls text but that are not UTF-8.
 *
 * `text` shows one U+FFFD per invalid byte, as Go's JSON encoder prints it (not one per sequence, as TextDecoder does). */
export class InvalidText {
  readonly text: string;
  readonly bytes: Uint8Array;
  constructor(text: string, bytes: Uint8Array) {
    this.text = text;
    this.bytes = bytes;
  }
}

/** The text as the chain's JSON answers show it: invalid bytes as U+FFFD. */
export const shownText = (text: Text): string => (typeof text === 'string' ? text : text.text);
