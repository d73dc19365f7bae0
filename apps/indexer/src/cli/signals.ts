/** Signals within this time count as one. On Ctrl-C npm and bin/baleen.js pass on what the process gets, too. */
const SAME_SIGNAL_MS = 500;

/** Returns a signal that the first SIGINT, SIGTERM or SIGHUP aborts. A later one ends the process at once. */
export function watchSignals(exitCode: number): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = (): void => {
    if (!controller.signal.aborted) {
      firstAt = Date.now();
      controller.abort();
    } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
      process.exit(exitCode);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller.signal;
}
