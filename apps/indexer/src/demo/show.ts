/** What the demo prints: questions, the SQL, its answer, and REST's beside it. */
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import { grouped, oneLine, renderTable } from '../output/table.ts';
import { ALL_TXS, byHash, differences, type SqlTx } from './compare.ts';
import type { RestTx } from './recording.ts';
import {
  type ComparedRow,
  compareRows,
  STAKING_PAGE,
  type StakingQuestion,
  textRow,
} from './staking-page.ts';

const CELL = 72;

/** What the node's REST server had answered. */
export interface RestAnswers {
  readonly txs: readonly RestTx[];
  /** By request. */
  readonly state: ReadonlyMap<string, unknown>;
}

/** @returns whether every answer of REST was equal */
export async function showAnswers(store: Store, rest: RestAnswers, context: Context): Promise<boolean> {
  const verdicts: boolean[] = [];
  for (const [index, question] of STAKING_PAGE.entries())
    verdicts.push(await showQuestion(store, question, `${index + 1}. `, rest, context));
  context.print('');
  context.print(
    `   of these ${verdicts.length} answers equal to REST's: ${verdicts.filter(Boolean).length}, different: ${verdicts.filter((each) => !each).length}`,
  );
  const failed =
    rest.txs.find(({ code, codespace }) => code !== 0 && codespace === 'staking') ??
    rest.txs.find(({ code }) => code !== 0)!;
  await showFailedTx(store, failed, context);
  verdicts.push(await showAllTxs(store, rest.txs, context));
  await showMessageTypes(store, context);
  return verdicts.every(Boolean);
}

async function showQuestion(
  store: Store,
  question: StakingQuestion,
  number: string,
  { state }: RestAnswers,
  context: Context,
): Promise<boolean> {
  const sql = (await ask(store, question.sql)).map(textRow);
  const rows = compareRows(question, sql, question.rowsOf(state.get(question.request)));
  const differ = rows.filter((row) => row.sql !== row.rest).length;
  heading(number + question.question, question.sql, context);
  const titles = [...question.key, 'SQL', `REST: ${shortened(question.request)}`, ''];
  for (const line of renderTable(titles, rows.map(comparedCells))) context.print(`   ${line}`);
  return differ === 0 && rows.length > 0;
}

const comparedCells = ({ key, sql, rest }: ComparedRow): string[] => [
  ...key.map((value) => oneLine(shortened(value))),
  cell(sql ?? 'no such row'),
  cell(rest ?? 'no such row'),
  sql === rest ? 'equal' : 'DIFFERENT',
];

/** Addresses by their ends, as explorers show them. */
const shortened = (text: string): string => text.replace(/(terra(?:valoper)?1\w{4})\w{30,}(\w{4})/g, '$1…$2');

async function showFailedTx(store: Store, rest: RestTx, context: Context): Promise<void> {
  const sql = `select height, code, codespace, gas_used, log from txs where tx_hash = '${rest.txhash}'`;
  const [row] = await ask(store, sql);
  heading('6. Why did this tx fail?', sql, context);
  const fields = {
    height: rest.height,
    code: rest.code,
    codespace: rest.codespace,
    gas_used: rest.gas_used,
    log: rest.raw_log,
  };
  beside(row ?? {}, fields, `GET /txs/${rest.txhash.slice(0, 8)}…`, context);
}

async function showAllTxs(store: Store, rest: readonly RestTx[], context: Context): Promise<boolean> {
  const known = byHash((await store.query(ALL_TXS)) as unknown as SqlTx[]);
  const unequal = rest
    .map((tx) => ({ tx, fields: differences(tx, known.get(tx.txhash)) }))
    .filter(({ fields }) => fields.length > 0);
  context.print('');
  context.print(
    '7. And all the others? Every tx that the node was asked for over REST, compared with SQL field by field',
  );
  context.print('   (height, code, codespace, gas wanted and used, memo, log, every message):');
  context.print(`   ${grouped(rest.length - unequal.length)} of ${grouped(rest.length)} are equal`);
  for (const { tx, fields } of unequal.slice(0, 5))
    context.print(`   ${tx.txhash}: ${fields.join(', ')} differ`);
  return unequal.length === 0;
}

async function showMessageTypes(store: Store, context: Context): Promise<void> {
  const sql = `select name, count(*) as messages, count(*) filter (where not success) as failed
from messages group by name order by messages desc, name limit 5`;
  heading('8. What do people do on this chain? (REST has no route for it)', sql, context);
  answer(await ask(store, sql), context);
}

/** The views are in schema baleen; the reader of `baleen sql` has it in its search_path. */
const ask = (store: Store, sql: string): Promise<Record<string, unknown>[]> =>
  store.query(sql.replace(/\bfrom (\w+)/g, 'from baleen.$1'));

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
