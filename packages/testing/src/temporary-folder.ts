import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder, removed when the process ends. Vitest ends its workers without a word, so each process also removes the
 * folders of those that are gone. */
export function temporaryFolder(name = 'test'): string {
  if (temporary.length === 0) {
    removeAbandoned();
    process.once('exit', () => temporary.forEach(remove));
  }
  const folder = mkdtempSync(join(tmpdir(), `baleen-test-${process.pid}-${name}-`));
  temporary.push(folder);
  return folder;
}

const temporary: string[] = [];

const remove = (path: string): void => rmSync(path, { recursive: true, force: true });

function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^baleen-test-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    try {
      remove(join(tmpdir(), name));
    } catch {
      // Another user's: theirs to remove.
    }
  }
}
