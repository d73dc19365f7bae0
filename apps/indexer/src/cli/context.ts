/** What a command may touch of the process around it. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by the first SIGINT or SIGTERM: finish what is in flight and end. */
  readonly signal: AbortSignal;
  /** A line of results, to stdout. */
  print(line: string): void;
  /** Lines of results; waits until a slow reader has taken them. */
  printAll(lines: readonly string[]): Promise<void>;
  /** A line of words about the work, to stderr. */
  say(line: string): void;
  /** stderr is a terminal: progress may be redrawn. */
  readonly isTerminal: boolean;
  /** stdout is a terminal: results may be redrawn. */
  readonly isOutputTerminal: boolean;
  /** Raw text to stderr, for a bar that is redrawn. */
  draw(text: string): void;
}
