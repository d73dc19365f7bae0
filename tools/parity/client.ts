import pg from 'pg';

/** Types whose text says more than JavaScript's value: timestamptz has microseconds. */
const TIMESTAMPTZ = 1184;

/** A client that gives numeric, int8 and timestamptz as text, times in UTC. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.setTypeParser(TIMESTAMPTZ, (text: string) => text);
  await client.connect();
  await client.query(`set time zone 'UTC'`);
  return client;
}
