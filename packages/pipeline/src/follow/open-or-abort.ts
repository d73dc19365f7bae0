/** Waits for a source to open. When `signal` is aborted first, rejects with its reason, and closes the source if it opens later. */
export async function openOrAbort<Opened extends { close(): void }>(
  opening: Promise<Opened>,
  signal: AbortSignal,
): Promise<Opened> {
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(signal.reason as Error);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([opening, aborted]);
  } catch (error) {
    opening.then(
      (opened) => opened.close(),
      () => undefined,
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
