import { createDatabase } from '@baleen/testing';
import { expect, test } from 'vitest';
import { queryPages } from './query-pages.ts';

test('a server that ends the connection between two pages fails the query with its own words, not the process', async () => {
  const database = await createDatabase();
  try {
    const pages = queryPages(database.url, 'select generate_series(1, 100000)', new AbortController().signal);
    const first = await pages.next();
    expect(first.done).toBe(false);
    await database.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and application_name = 'baleen sql'`,
    );
    await expect(pages.next()).rejects.toMatchObject({ code: '57P01' });
  } finally {
    await database.drop();
  }
});
