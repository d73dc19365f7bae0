/** Finds the modules of a genesis document: the keys of `app_state`, in a stream of JSON that is cut anywhere. */
export interface ModuleFinder {
  /** The names, once app_state was read whole; undefined before. */
  push(chunk: Uint8Array): readonly string[] | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN = [0x7b, 0x5b];
const CLOSE = [0x7d, 0x5d];
/** Names of modules are shorter; of longer strings nothing is kept. */
const LONGEST_NAME = 64;

export function createModuleFinder(): ModuleFinder {
  const modules: string[] = [];
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isInAppState = false;
  let isDone = false;
  /** The last string at the depth of keys that count. */
  let text = '';

  function inString(byte: number): void {
    if (isEscaped) isEscaped = false;
    else if (byte === QUOTE) isInString = false;
    else if (byte === BACKSLASH) isEscaped = true;
    else if (depth <= 2 && text.length < LONGEST_NAME) text += String.fromCharCode(byte);
  }

  function outside(byte: number): void {
    if (byte === QUOTE) {
      isInString = true;
      text = '';
    } else if (byte === COLON) {
      if (depth === 1) isInAppState = text === 'app_state';
      else if (depth === 2 && isInAppState) modules.push(text);
    } else if (OPEN.includes(byte)) depth++;
    else if (CLOSE.includes(byte) && --depth === 1 && isInAppState) isDone = true;
  }

  return {
    push(chunk) {
      for (const byte of chunk) {
        if (isDone) return modules;
        if (isInString) inString(byte);
        else outside(byte);
      }
      return isDone ? modules : undefined;
    },
  };
}

/** Reads the names from a document that comes in pieces; undefined: it has no app_state. */
export async function modulesIn(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[] | undefined> {
  const finder = createModuleFinder();
  for await (const chunk of chunks) {
    const found = finder.push(chunk);
    if (found !== undefined) return found;
  }
  return undefined;
}
