import { type FSWatcher, watch } from 'node:fs';

/** Waits for changes in one of several folders. A change is only a hint: some file systems report none. */
export class FolderWatch {
  private readonly watchers: FSWatcher[] = [];
  private wake: (() => void) | undefined;
  private isHinted = false;

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      try {
        // The watcher must not keep the process alive: `wait` has a timer of its own.
        const watcher = watch(path, { persistent: false }, () => this.hint());
        watcher.on('error', () => watcher.close());
        this.watchers.push(watcher);
      } catch {
        // The system has no watches left, or the file system supports none.
      }
    }
  }

  /** Resolves at the first change since the last call, but not before `leastMs`; at the latest after `mostMs`, or when `signal` is
   * aborted. */
  async wait(leastMs: number, mostMs: number, signal: AbortSignal): Promise<void> {
    await this.pause(leastMs, signal, false);
    if (!this.isHinted && !signal.aborted) await this.pause(mostMs - leastMs, signal, true);
    this.isHinted = false;
  }

  close(): void {
    for (const watcher of this.watchers) watcher.close();
  }

  private hint(): void {
    this.isHinted = true;
    this.wake?.();
  }

  private pause(milliseconds: number, signal: AbortSignal, isWoken: boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener('abort', end);
      if (isWoken) this.wake = end;
      if (signal.aborted) end();
    });
  }
}
