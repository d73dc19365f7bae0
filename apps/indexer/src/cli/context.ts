/** The part of the process that a command may use: environment, signals, output. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by the first SIGINT or SIGTERM: finish what is in flight and end. */
  readonly signal: AbortSignal;
  /** Prints a line of results to stdout. */
  print(line: string): void;
  /** Prints lines of results to stdout; waits until a slow reader has taken them. */
  printAll(lines: readonly string[]): Promise<void>;
  /** Prints a line about the work to stderr. */
  say(line: string): void;
  /** True if stderr is a terminal, where progress may be redrawn. */
  readonly isTerminal: boolean;
  /** True if stdout is a terminal, where results may be redrawn. */
  readonly isOutputTerminal: boolean;
  /** Writes raw text to stderr, for a bar that is redrawn. */
  draw(text: string): void;
}
