import { readFileSync } from 'node:fs';
import { applications, listMessages } from '@baleen/decode/applications';
import { describe, expect, test } from 'vitest';
import { countMessages, ERAS_PAGE } from './eras-table.ts';
import { FIXTURES } from './hash-table.ts';

describe('docs/eras.md', () => {
  const page = readFileSync(ERAS_PAGE, 'utf8');
  const chapters = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), text]),
  );

  test('has a chapter per application, in the order of the table', () => {
    expect([...chapters.keys()]).toEqual(applications.map(({ name }) => name));
  });

  test.each(applications.map((each) => [each.name, each] as const))(
    'names every message of %s',
    (name, application) => {
      const chapter = chapters.get(name)!;
      expect(listMessages(application).filter((type) => !chapter.includes(`| \`${type}\` | `))).toEqual([]);
    },
  );

  test('says of the bundled chains what their blocks hold', async () => {
    for (const [recording, path] of FIXTURES) {
      const seen = new Map<string, Map<string, Map<string, number>>>();
      await countMessages(seen, recording, path);
      const [[application, types]] = [...seen] as [[string, Map<string, Map<string, number>>]];
      expect(types.size).toBeGreaterThan(20);
      for (const [type, counts] of types)
        expect(chapters.get(application)).toMatch(
          new RegExp(`\`${type.replaceAll('.', '\\.')}\` \\| .*${recording} ${counts.get(recording)}\\b`),
        );
    }
  });
});
