/** Runs the SQL of a REST route, and prints the rows as the node's REST server would. */
import pg from 'pg';
import { ofChain } from './of-chain.ts';
import { type Route, type Row, statement, type Texts } from './route.ts';

/** This type is returned as text, since its text has microseconds and a JavaScript Date only milliseconds. */
const TIMESTAMPTZ = pg.types.builtins.TIMESTAMPTZ;

/** Opens a connection that returns rows in the form which `Route.print` takes: numeric, int8 and timestamptz as text, times in UTC. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'baleen compare' });
  client.setTypeParser(TIMESTAMPTZ, (text: string) => text);
  // If the connection breaks between two queries, the next query fails. Without a listener the error event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`set time zone 'UTC'`);
  return client;
}

export interface SqlAnswer {
  readonly found: unknown;
  /** The answer by `Route.explained`; undefined if the route has none. */
  readonly explained: unknown;
}

/** @param client   a connection that `connect` opened
 *  @param chainId  undefined if the database holds a single chain */
export async function askSql(
  client: pg.ClientBase,
  { route, parts }: { readonly route: Route; readonly parts: Texts },
  chainId?: string,
): Promise<SqlAnswer> {
  const ask = async ({ sql, print }: Pick<Route, 'sql' | 'print'>): Promise<unknown> => {
    const { text, values } =
      chainId === undefined ? statement(sql, parts) : statement(ofChain(sql), { ...parts, chain: chainId });
    const { rows } = await client.query<Row>(text, values);
    return print(rows, parts);
  };
  const explained = route.explained && (await ask(route.explained));
  return { found: await ask(route), explained };
}
