import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baleen, ROOT } from '@baleen/testing';
import type { Command as CommanderCommand } from 'commander';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { commands } from '../commands.ts';
import { EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';

/** Nothing listens on port 1. */
const NOWHERE = 'postgres://whale:secret@127.0.0.1:1/sea';

function helpOf(name: string): string {
  const named = (command: CommanderCommand, word: string): CommanderCommand =>
    command.commands.find((each) => each.name() === word)!;
  return name
    .split(' ')
    .reduce(
      named,
      createProgram(commands, async () => {}),
    )
    .helpInformation();
}

describe('baleen', () => {
  test('--version is that of the package, and exits with 0', async () => {
    expect(await baleen(['--version'])).toMatchObject({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  test('--help lists every command, and exits with 0', async () => {
    const { code, stdout } = await baleen(['--help']);
    expect(code).toBe(0);
    for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^  ${name.split(' ')[0]}\\b`, 'm'));
  });

  test('--help and README name each exit code', async () => {
    const { stdout } = await baleen(['--help']);
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    for (const text of [stdout, readme]) {
      const [, told = ''] = /exit codes?:? ((?:.|\n)*?)\.(?:\n|$)/i.exec(text) ?? [];
      expect([...told.matchAll(/\b\d+(?= )/g)].map(([code]) => Number(code))).toEqual(
        expect.arrayContaining(Object.values(EXIT)),
      );
    }
  });

  test('redecode --help says of --application what it does there', () => {
    const words = helpOf('redecode').replaceAll(/\s+/g, ' ');
    expect(words).toContain('in place of the stored choice');
    expect(words).not.toContain('first');
  });

  test.each(commands)('$name --help names each option and its variable', ({ name, options }) => {
    const words = helpOf(name).replaceAll(/\s+/g, ' ');
    for (const { flag, envNames } of options) {
      expect(words).toContain(flag);
      if (envNames.length > 0) expect(words).toContain(`(env: ${envNames.join(', ')})`);
      expect(words).not.toContain('(env: )');
    }
  });

  test('wrong use is told in a line, and exits with 2', async () => {
    expect(await baleen(['swim'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^baleen: unknown command 'swim'\n/),
    });
    expect(await baleen(['status', '--fast'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^baleen: unknown option '--fast'\n/),
    });
    expect(await baleen(['index'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("baleen: missing required argument 'SOURCE'"),
    });
    expect(await baleen(['db'])).toMatchObject({ code: 2 });
    expect(await baleen([])).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage: baleen') });
  });

  test('a database URL of another kind is wrong use', async () => {
    const { code, stderr } = await baleen(['status'], { DATABASE_URL: 'mysql://localhost/sea' });
    expect(stderr).toBe(
      'baleen: connect to the database: DATABASE_URL (or --database) must look like postgres://user:password@localhost:5432/baleen, or be the name of a database in the embedded server (letters, digits, _ and -, beginning with a letter or _, at most 63 of them), got "mysql://localhost/sea"\n',
    );
    expect(code).toBe(2);
  });

  test('a database that cannot be reached exits with 3', async () => {
    const { code, stderr } = await baleen(['status'], { DATABASE_URL: NOWHERE });
    expect(stderr).toMatch(/^baleen: .*ECONNREFUSED/);
    expect(stderr).not.toContain('secret');
    expect(code).toBe(3);
  });

  test('a source that is not there exits with 2, and nothing is written', async () => {
    const { code, stdout, stderr } = await baleen(['inspect', '/nowhere/at/all']);
    expect(stderr).toMatch(/^baleen: open source \/nowhere\/at\/all: /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
