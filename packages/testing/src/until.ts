import { setTimeout as sleep } from 'node:timers/promises';

const ASK_AGAIN_MS = 10;
/** Milliseconds after which a test that waits in vain fails, with a message that says for what. It is far longer than a busy machine
 * needs. */
const HANGING_MS = 240_000;

/** Calls `holds` again and again until it returns true.
 *
 * @param what       ends the error's message "waited in vain until …"; a function is called only for the message
 * @param alongside  work that goes on meanwhile. If it fails, its error is thrown at once
 * @throws Error after four minutes; only a fault can take that long */
export async function until(
  what: string | (() => string),
  holds: () => Promise<boolean> | boolean,
  alongside?: Promise<unknown>,
): Promise<void> {
  const deadline = Date.now() + HANGING_MS;
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(`waited in vain until ${typeof what === 'string' ? what : what()}`);
    await Promise.race([sleep(ASK_AGAIN_MS), alongside ?? sleep(ASK_AGAIN_MS)]);
  }
}
