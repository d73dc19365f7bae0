/** Asks a database a route's question, and prints the rows as the REST server would. */
import pg from 'pg';
import { ofChain } from './of-chain.ts';
import { type Route, type Row, statement, type Texts } from './route.ts';

/** Read as text, since its text has microseconds and a JavaScript Date only milliseconds. */
const TIMESTAMPTZ = pg.types.builtins.TIMESTAMPTZ;

/** Opens a connection whose rows are as routes print them: numeric, int8 and timestamptz as text, times in UTC. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'baleen compare' });
  client.setTypeParser(TIMESTAMPTZ, (text: string) => text);
  // A connection that breaks between two questions fails the next; an unhandled error event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`set time zone 'UTC'`);
  return client;
}

export interface SqlAnswer {
  readonly found: unknown;
  /** What a node in the special state of `Route.otherwise` says. undefined: the route has no such state. */
  readonly otherwise: unknown;
}

/** @param chainId  undefined: the database holds one chain
 *  @param client   of `connect` */
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
  const otherwise = route.otherwise && (await ask(route.otherwise));
  return { found: await ask(route), otherwise };
}
