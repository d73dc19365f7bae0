import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { temporaryFolder, writeLevelDb } from '@baleen/testing';
import { ClassicLevel } from 'classic-level';
import { describe, expect, test } from 'vitest';
import { isLive } from './live.ts';

const hasFlock = spawnSync('flock', ['--version']).status === 0;

describe('isLive', () => {
  test('sees the fcntl lock of LevelDB, and that it is gone', async () => {
    const path = join(temporaryFolder(), 'a.db');
    await writeLevelDb(path, [['key', 'value']]);
    expect(isLive(path)).toBe(false);
    const db = new ClassicLevel(path);
    await db.open();
    expect(isLive(path)).toBe(true);
    await db.close();
    expect(isLive(path)).toBe(false);
  });

  test.skipIf(!hasFlock)('sees the flock of goleveldb', async () => {
    const path = join(temporaryFolder(), 'a.db');
    await writeLevelDb(path, [['key', 'value']]);
    const holder = spawn('flock', ['-x', join(path, 'LOCK'), '-c', 'echo held; cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(isLive(path)).toBe(true);
    holder.stdin.end();
    await once(holder, 'exit');
    expect(isLive(path)).toBe(false);
  });

  test('takes a folder without LOCK for stopped', () => expect(isLive(temporaryFolder())).toBe(false));
});
