import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeLevelDb } from '@baleen/testing';
import { expect, it } from 'vitest';
import { newestLog } from './newest-log.ts';

async function withoutItsLog(): Promise<{ path: string; name: string; putBack: () => void }> {
  const path = join(temporaryFolder('newest-log'), 'a.db');
  await writeLevelDb(path, [['key', 'value']]);
  const name = readdirSync(path).find((file) => file.endsWith('.log'))!;
  renameSync(join(path, name), join(path, '..', name));
  return { path, name, putBack: () => renameSync(join(path, '..', name), join(path, name)) };
}

it('a log that its writer creates a moment after it named it is found', async () => {
  const { path, name, putBack } = await withoutItsLog();
  let waits = 0;
  const wait = (): void => {
    if (++waits === 3) putBack();
  };
  expect(newestLog(path, wait)).toEqual({ name, bytes: expect.any(Number) });
  expect(waits).toBe(3);
});

it('a log that does not come is missing', async () => {
  const { path, name } = await withoutItsLog();
  const waited: number[] = [];
  expect(newestLog(path, (milliseconds) => waited.push(milliseconds))).toEqual({ name, bytes: undefined });
  expect(waited).toEqual([5, 10, 15, 20, 25, 30, 35]);
});
