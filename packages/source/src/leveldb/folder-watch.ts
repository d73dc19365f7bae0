import { type FSWatcher, watch } from 'node:fs';

/** Wakes who waits when something changes in one of several folders. Only a hint: a file system may tell of nothing. */
export class FolderWatch {
  private readonly watchers: FSWatcher[] = [];
  private wake: (() => void) | undefined;
  private isHinted = false;

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      try {
        // Holds no process alive: whoever waits has a timer.
        const watcher = watch(path, { persistent: false }, () => this.hint());
        watcher.on('error', () => watcher.close());
        this.watchers.push(watcher);
      } catch {
        // No watches left, or none on this file system.
      }
    }
  }

  /** Ends at the first hint since the last call, but not before `leastMs`; else after `mostMs`, or when `signal` is aborted. */
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
