/** Prints the demo's answers: each question, its SQL, SQL's rows, and REST's beside them. */
import type pg from 'pg';
import type { Context } from '../cli/context.ts';
import { answeredValue, isAnswer, normal, type RestAnswer } from '../lcd/answer.ts';
import { createRouteTable, type Fit } from '../lcd/route-table.ts';
import { askSql } from '../lcd/sql-answers.ts';
import { sqlLines } from '../lcd/sql-lines.ts';
import { grouped, oneLine, renderTable } from '../output/table.ts';
import {
  type ComparedRow,
  compareRows,
  requestFor,
  STAKING_PAGE,
  type StakingQuestion,
} from './staking-page.ts';

const CELL = 72;

const table = createRouteTable(['amino-0.39']);

/** What the node's REST server had answered. */
export interface RestAnswers {
  readonly txs: readonly RestAnswer[];
  /** The node's recorded answers about the state, by request. */
  readonly state: ReadonlyMap<string, RestAnswer>;
}

/** @param client  of `connect`
 *  @returns whether every answer of REST was equal */
export async function showAnswers(
  client: pg.ClientBase,
  rest: RestAnswers,
  context: Context,
): Promise<boolean> {
  const verdicts: boolean[] = [];
  for (const [index, question] of STAKING_PAGE.entries())
    verdicts.push(await showQuestion(client, question, `${index + 1}. `, rest, context));
  context.print('');
  context.print(
    `   of these ${verdicts.length} answers equal to REST's: ${verdicts.filter(Boolean).length}, different: ${verdicts.filter((each) => !each).length}`,
  );
  await showFailedTx(client, rest.txs, context);
  verdicts.push(await showAllTxs(client, rest.txs, context));
  await showMessageTypes(client, context);
  return verdicts.every(Boolean);
}

async function showQuestion(
  client: pg.ClientBase,
  question: StakingQuestion,
  number: string,
  { state }: RestAnswers,
  context: Context,
): Promise<boolean> {
  const request = requestFor(question);
  const answer = state.get(request)!;
  const fit = table.find(request)!;
  const { found } = await askSql(client, fit);
  const rowsOf = (value: unknown) => question.rowsOf(normal(value, undefined));
  const rows = compareRows(question, rowsOf(found), rowsOf(answeredValue(answer, fit.route)));
  heading(number + question.question, filledIn(fit), context);
  const titles = [...question.key, 'SQL', `REST: GET ${shortened(request)}`, ''];
  for (const line of renderTable(titles, rows.map(comparedCells))) context.print(`   ${line}`);
  return isAnswer(answer, found, fit.route);
}

/** The route's statement as the reader role would type it: its search path has the views. */
const filledIn = ({ route: { sql }, parts }: Fit): string =>
  sqlLines(sql)
    .join('\n')
    .replace(/:'(\w+)'/g, (_, name: string) => `'${parts[name]}'`)
    .replaceAll('baleen.', '');

const comparedCells = ({ key, sql, rest }: ComparedRow): string[] => [
  ...key.map((value) => oneLine(shortened(value))),
  cell(sql ?? 'no such row'),
  cell(rest ?? 'no such row'),
  sql === rest ? 'equal' : 'DIFFERENT',
];

/** Shortens addresses to their ends, as explorers do. */
const shortened = (text: string): string => text.replace(/(terra(?:valoper)?1\w{4})\w{30,}(\w{4})/g, '$1…$2');

interface FailedTx {
  readonly txhash: string;
  readonly code?: number;
  readonly codespace?: string;
  readonly height: string;
  readonly gas_used: string;
  readonly raw_log: string;
}

async function showFailedTx(
  client: pg.ClientBase,
  answers: readonly RestAnswer[],
  context: Context,
): Promise<void> {
  const txs = answers.map(({ json }) => json as FailedTx);
  const { txhash, height, code, codespace, gas_used, raw_log } =
    txs.find((tx) => tx.codespace === 'staking') ?? txs.find((tx) => tx.code !== undefined)!;
  const sql = `select height, code, codespace, gas_used, log from txs where tx_hash = '${txhash}'`;
  const [row] = await ask(client, sql);
  heading('6. Why did this tx fail?', sql, context);
  const fields = { height, code, codespace, gas_used, log: raw_log };
  beside(row ?? {}, fields, `GET /txs/${txhash.slice(0, 8)}…`, context);
}

async function showAllTxs(
  client: pg.ClientBase,
  answers: readonly RestAnswer[],
  context: Context,
): Promise<boolean> {
  const unequal: string[] = [];
  for (const answer of answers) {
    const fit = table.find(answer.request)!;
    const { found } = await askSql(client, fit);
    if (!isAnswer(answer, found, fit.route)) unequal.push(answer.request);
  }
  context.print('');
  context.print(
    '7. And all the others? Every tx that the node was asked for over REST, compared with what SQL makes of it,',
  );
  context.print('   value for value (messages, fee, signatures, memo, gas, log, code, height, time):');
  context.print(`   ${grouped(answers.length - unequal.length)} of ${grouped(answers.length)} are equal`);
  for (const request of unequal.slice(0, 5)) context.print(`   ${request}: DIFFERENT`);
  return unequal.length === 0;
}

async function showMessageTypes(client: pg.ClientBase, context: Context): Promise<void> {
  const sql = `select name, count(*) as messages, count(*) filter (where not success) as failed
from messages group by name order by messages desc, name limit 5`;
  heading('8. What do people do on this chain? (REST has no route for it)', sql, context);
  answer(await ask(client, sql), context);
}

/** Runs SQL as the reader would type it: without the schema `baleen`, which is in the reader's search_path. */
const ask = async (client: pg.ClientBase, sql: string): Promise<Record<string, unknown>[]> =>
  (await client.query(sql.replace(/\bfrom (\w+)/g, 'from baleen.$1'))).rows;

function heading(question: string, sql: string, { print }: Context): void {
  print('');
  print(question);
  for (const line of sql.split('\n')) print(`   ${line}`);
  print('');
}

function beside(
  sql: Record<string, unknown>,
  rest: Record<string, unknown>,
  request: string,
  { print }: Context,
): void {
  const rows = Object.keys(rest).map((name) => [name, cell(sql[name]), cell(rest[name])]);
  for (const line of renderTable(['', 'SQL', `REST: ${request}`], rows)) print(`   ${line}`);
}

function answer(rows: readonly Record<string, unknown>[], { print }: Context): void {
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => names.map((name) => cell(row[name])));
  const align = names.map((_, index) => (index === 0 ? ('left' as const) : ('right' as const)));
  for (const line of renderTable(names, cells, align)) print(`   ${line}`);
}

function cell(value: unknown): string {
  const text = oneLine(
    typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''),
  );
  return text.length > CELL ? `${text.slice(0, CELL - 1)}…` : text;
}
