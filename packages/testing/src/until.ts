import { setTimeout as sleep } from 'node:timers/promises';

const ASK_AGAIN_MS = 10;
/** Ends a test that waits for what never comes, and says what it was. Far longer than a busy machine needs. */
const HANGING_MS = 240_000;

/** Asks again and again until `holds` answers true.
 *
 * @param what       for the error: "waited in vain until …"; a function is called when it fails
 * @param alongside  work that must not fail meanwhile: its error is thrown at once
 * @throws Error after four minutes, which only a fault can take */
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
