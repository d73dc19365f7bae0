/** A node's REST server and SQL, asked the same questions about the state that the database has. */
import { BaleenError } from '@baleen/chain';
import { LOGIN_WAYS } from '@baleen/source';
import type pg from 'pg';
import type { RestAnswer } from '../answer.ts';
import { Comparison } from '../comparison.ts';
import { type Api, NOT_FROM_STATE } from '../route.ts';
import { askSql, connect, type SqlAnswer } from '../sql-answers.ts';
import { chooseQuestions, type Question } from './questions.ts';
import { type Clock, openRestServer, type RestServer } from './rest-server.ts';

export interface CompareOptions {
  readonly databaseUrl: string;
  readonly lcd: string;
  /** HTTP headers that are sent with every request to the server. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Id of the chain; undefined if the database has the state of a single chain. */
  readonly chain?: string | undefined;
  /** Most questions that are asked. */
  readonly sample: number;
  readonly rps: number;
  readonly timeoutSeconds: number;
  /** Seed for the choice of questions; undefined means the height of the state. */
  readonly seed?: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (asked: number, questions: number) => void;
}

export interface CompareReport {
  readonly chainId: string;
  readonly height: number;
  /** Address of the server, without secrets. */
  readonly server: string;
  readonly seed: string;
  readonly questions: number;
  readonly asked: number;
  readonly comparison: Comparison;
  /** Answers that can't be compared: errors that say nothing about the chain. */
  readonly unanswered: readonly RestAnswer[];
  readonly interrupted: boolean;
}

/** @throws BaleenError operator `CLI_NO_STATE`, `CLI_LCD_URL`; source `LCD_UNREACHABLE`, `LCD_HEIGHT_GONE`, `LCD_NOTHING_COMPARED`;
 * none of the last three once a difference was found */
export async function compareLcd(options: CompareOptions): Promise<CompareReport> {
  const server = openRestServer({ ...options, url: options.lcd });
  const { head, seed, answered } = await askDatabase(options);
  const comparison = new Comparison();
  const unanswered: RestAnswer[] = [];
  const { height } = head;
  let asked = 0;
  try {
    for (const { question, sql } of answered) {
      if (options.signal.aborted) break;
      options.onProgress?.(asked, answered.length);
      const answer = await askServer(server, question, height);
      asked++;
      const isCompared = comparison.add(answer, question.route, sql);
      if (!isCompared) unanswered.push(answer);
    }
  } catch (error) {
    if (!options.signal.aborted && comparison.differences.length === 0) throw error;
  }
  const interrupted = options.signal.aborted;
  if (!interrupted && comparison.sum('compared') === 0) throw nothingCompared(server, unanswered);
  return {
    ...{ chainId: head.chainId, height, server: server.shown, seed },
    ...{ questions: answered.length, asked, comparison, unanswered, interrupted },
  };
}

async function askServer(
  server: RestServer,
  { request, route }: Question,
  height: number,
): Promise<RestAnswer> {
  const answer = await server.ask(request, route.of === 'block' ? undefined : height);
  return { ...answer, request, height };
}

interface StateHead {
  readonly chainId: string;
  readonly height: number;
}

interface Asked {
  readonly head: StateHead;
  readonly seed: string;
  readonly answered: readonly { readonly question: Question; readonly sql: SqlAnswer }[];
}

/** Chooses the questions and asks them of one snapshot of the database, so that a state that is replaced meanwhile does no harm. */
async function askDatabase(options: CompareOptions): Promise<Asked> {
  const client = await connect(options.databaseUrl);
  try {
    await client.query('begin isolation level repeatable read read only');
    const head = await stateHead(client, options.chain);
    const { chainId, height } = head;
    const seed = options.seed ?? String(height);
    const apis = await apisOf(client, chainId);
    const questions = await chooseQuestions(client, {
      ...{ chainId, height, apis, seed },
      sample: options.sample,
    });
    const answered = [];
    for (const question of questions)
      answered.push({ question, sql: await sqlAnswer(client, question, chainId) });
    return { head, seed, answered };
  } finally {
    await client.end();
  }
}

const WITHOUT_ANSWER: SqlAnswer = { found: NOT_FROM_STATE, explained: undefined };

/** A chain may lack a module that a route prints: its params have no row then, and the question is not compared. */
async function sqlAnswer(client: pg.ClientBase, question: Question, chainId: string): Promise<SqlAnswer> {
  try {
    return await askSql(client, question, chainId);
  } catch (error) {
    if (error instanceof TypeError) return WITHOUT_ANSWER;
    throw error;
  }
}

async function stateHead(client: pg.ClientBase, chain: string | undefined): Promise<StateHead> {
  const { rows: there } = await client.query(
    `select to_regclass('baleen_store.state_heads') is not null as there`,
  );
  const { rows } = there[0].there
    ? await client.query<{ chain_id: string; height: string }>(
        'select chain_id, height from baleen_store.state_heads where chain_id = coalesce($1, chain_id) order by chain_id',
        [chain],
      )
    : { rows: [] };
  const [only, ...others] = rows;
  if (only !== undefined && others.length === 0)
    return { chainId: only.chain_id, height: Number(only.height) };
  const found =
    only === undefined
      ? 'none; next: baleen state SOURCE'
      : `those of ${rows.map(({ chain_id }) => chain_id).join(', ')}; name one with --chain`;
  throw new BaleenError(
    'operator',
    'CLI_NO_STATE',
    `compare: expected the state of ${chain ?? 'one chain'} in the database, found ${found}`,
  );
}

/** Amino's accounts have names like `core/Account`; since SDK 0.40 they have type URLs, and a gateway answers beside the legacy server. */
async function apisOf(client: pg.ClientBase, chainId: string): Promise<readonly Api[]> {
  const { rows } = await client.query<{ type: string }>(
    'select type from baleen.accounts where chain_id = $1 limit 1',
    [chainId],
  );
  return rows[0]?.type.startsWith('/') ? ['amino-0.44', 'gateway-0.44'] : ['amino-0.39'];
}

const nothingCompared = ({ shown }: RestServer, unanswered: readonly RestAnswer[]): BaleenError => {
  const [first] = unanswered;
  const found =
    first === undefined
      ? 'nothing to ask: the database names no account, validator or block'
      : `HTTP ${first.status} to ${first.request}: ${first.text.slice(0, 200)}, and nothing better to ${unanswered.length - 1} others`;
  const next =
    first?.status === 401 || first?.status === 403
      ? `the server wants a login: ${LOGIN_WAYS}`
      : 'is --lcd the REST server of a node of this chain?';
  return new BaleenError(
    'source',
    'LCD_NOTHING_COMPARED',
    `compare: ask ${shown}: expected answers of the chain's REST server, found ${found}; ${next}`,
  );
};
