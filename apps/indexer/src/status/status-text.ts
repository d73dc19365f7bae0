/** Prints `baleen status` for people: tables of chains and workers, and remarks below them. */
import type { BlockRange } from '@baleen/chain';
import type { ChainStatus, SourceStatus, WorkerStatus } from '@baleen/store';
import { duration } from '../output/progress.ts';
import { type Align, grouped, oneLine, renderTable } from '../output/table.ts';
import { stateLag } from './state-lag.ts';

/** Most ranges that are listed one by one; of more only their number and ends are printed. */
const NAMED_RANGES = 3;

/** @param waiting  workers that have no chain now */
export function statusLines(chains: readonly ChainStatus[], waiting: readonly WorkerStatus[]): string[] {
  const workers = [
    ...chains.flatMap((chain) => chain.workers.map((worker) => ({ worker, chainId: chain.chainId }))),
    ...waiting.map((worker) => ({ worker, chainId: '' })),
  ];
  return [
    ...tableOf(chains, chainColumns),
    ...chains.flatMap(remarks),
    ...(workers.length > 0 ? ['', ...tableOf(workers, workerColumns)] : []),
  ];
}

/** Prints a chain in one line, for a log. */
export const statusLine = (chain: ChainStatus, now: Date): string =>
  [
    `${now.toISOString().slice(0, 19)}Z ${chain.chainId}:`,
    `head ${shown(chain.headHeight)},`,
    `${lagText(chain)},`,
    `${rateText(chain.heightsPerSecond)} blocks/s,`,
    `${grouped(countOf(chain.missing))} missing,`,
    `${grouped(chain.failed.length)} failed,`,
    leftText(chain),
  ].join(' ');

type Column<Row> = readonly [title: string, align: Align, cell: (row: Row) => string];

const chainColumns: readonly Column<ChainStatus>[] = [
  ['chain', 'left', ({ chainId }) => chainId],
  ['lineage', 'left', ({ lineage }) => lineage],
  ['there', 'left', (chain) => rangesText(blocksOf(chain))],
  ['complete to', 'right', ({ completeTo }) => shown(completeTo)],
  ['blocks', 'right', (chain) => grouped(countOf(blocksOf(chain)))],
  ['state at', 'right', ({ state }) => shown(state?.height)],
  ['missing', 'right', ({ missing }) => grouped(countOf(missing))],
  ['failed', 'right', ({ failed }) => grouped(failed.length)],
  ['behind', 'right', ({ lagBlocks }) => (lagBlocks === undefined ? '' : `${grouped(lagBlocks)} blocks`)],
  [
    'head is from',
    'right',
    ({ lagSeconds }) => (lagSeconds === undefined ? '' : `${duration(lagSeconds)} ago`),
  ],
  ['blocks/s', 'right', ({ heightsPerSecond }) => rateText(heightsPerSecond)],
  ['left', 'right', ({ secondsLeft }) => (secondsLeft === undefined ? '' : duration(secondsLeft))],
  ['last write', 'right', ({ lastWrite }) => lastWrite?.toISOString().slice(0, 19) ?? ''],
];

const workerColumns: readonly Column<{ worker: WorkerStatus; chainId: string }>[] = [
  ['worker', 'left', ({ worker }) => `${worker.host}:${worker.pid}`],
  ['command', 'left', ({ worker }) => worker.command],
  ['chain', 'left', ({ chainId }) => chainId],
  ['state', 'left', ({ worker }) => worker.state],
  ['does', 'left', ({ worker }) => oneLine(worker.doing)],
  ['for', 'right', ({ worker }) => since(worker.doingSince)],
  ['blocks', 'right', ({ worker }) => grouped(worker.heights)],
  ['blocks/s', 'right', ({ worker }) => rateText(worker.heightsPerSecond)],
  ['memory', 'right', ({ worker }) => `${grouped(Math.round(worker.rssBytes / 1e6))} MB`],
  ['seen', 'right', ({ worker }) => `${since(worker.lastSeen)} ago`],
];

function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  return renderTable(
    columns.map(([title]) => title),
    rows.map((row) => columns.map(([, , cell]) => cell(row))),
    columns.map(([, align]) => align),
  );
}

/** Remarks about a chain: missing and failed ranges, indexes, state, endpoints in trouble. */
function remarks(chain: ChainStatus): string[] {
  const { chainId, missing, failed, missingIndexes, outdatedTables, sources } = chain;
  const bare = countOf(blocksOf(chain)) - countOf(chain.ranges.filter(({ kind }) => kind === 'results'));
  return [
    ...(missing.length > 0 ? [`${chainId}: missing ${rangesText(missing)}`] : []),
    ...failed.map(
      ({ from, to, reason, attempts }) =>
        `${chainId}: failed ${rangeText({ from, to })} (${attempts} ${attempts === 1 ? 'time' : 'times'}): ${oneLine(reason)}`,
    ),
    ...(bare > 0 ? [`${chainId}: without results: ${grouped(bare)} blocks, baleen gaps tells which`] : []),
    ...(missingIndexes.length > 0
      ? [`${chainId}: indexes still to be built: ${missingIndexes.join(', ')}`]
      : []),
    ...outdatedRemarks(chainId, outdatedTables),
    ...stateRemarks(chain),
    ...sources.flatMap((source) => troubleOf(chainId, source)),
  ];
}

/** Names the tables that `baleen redecode` is to write anew; those with the same ranges stand together. */
function outdatedRemarks(chainId: string, outdated: ChainStatus['outdatedTables']): string[] {
  if (outdated.length === 0) return [];
  const groups = Map.groupBy(outdated, ({ ranges, isAskedFor }) => JSON.stringify([ranges, isAskedFor]));
  const options = outdated.some(({ isAskedFor }) => isAskedFor) ? ' with the options that it had' : '';
  const found = [...groups.values()].map(outdatedText).join('; ');
  return [`${chainId}: ${found}: baleen redecode --chain ${chainId}${options}`];
}

/** @param group  tables with the same ranges; at least one */
function outdatedText(group: ChainStatus['outdatedTables']): string {
  const [{ ranges, isAskedFor }] = group as [ChainStatus['outdatedTables'][number]];
  const [were, are, subject] = group.length === 1 ? ['was', 'is', 'table'] : ['were', 'are', 'tables'];
  const what = isAskedFor
    ? `${were} to be decoded anew and ${are} not yet`
    : `${are} absent or of an older version of baleen`;
  return `${subject} ${group.map(({ table }) => table).join(', ')} ${what} at ${rangesText(ranges)}`;
}

function stateRemarks(chain: ChainStatus): string[] {
  const { chainId, state } = chain;
  const lag = stateLag(chain);
  const remarks = lag === undefined ? [] : [`${chainId}: ${lag}`];
  if (state === undefined) return remarks;
  const { height, isProved, unknown } = state;
  const raw = unknown.reduce((sum, { leaves }) => sum + leaves, 0);
  const stores = unknown.map(({ store, leaves }) => `${store} ${grouped(leaves)}`).join(', ');
  return [
    ...remarks,
    ...(isProved
      ? []
      : [`${chainId}: the state at ${grouped(height)} is not proved: index block ${height + 1}`]),
    ...(raw > 0 ? [`${chainId}: ${grouped(raw)} keys of the state are kept raw: ${stores}`] : []),
  ];
}

function troubleOf(chainId: string, { address, trouble, troubleSince, lastSeen }: SourceStatus): string[] {
  if (trouble === undefined) return [];
  const how = troubleSince === undefined ? '' : ` for ${since(troubleSince)}`;
  return [
    `${chainId}: source ${address} has trouble${how} (seen ${since(lastSeen)} ago): ${oneLine(trouble)}`,
  ];
}

const blocksOf = ({ ranges }: ChainStatus): BlockRange[] => ranges.filter(({ kind }) => kind === 'blocks');

export const countOf = (ranges: readonly BlockRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

const rangeText = ({ from, to }: BlockRange): string => (from === to ? String(from) : `${from}..${to}`);

export const rangesText = (ranges: readonly BlockRange[]): string =>
  ranges.length <= NAMED_RANGES
    ? ranges.map(rangeText).join(', ')
    : `${grouped(ranges.length)} ranges in ${ranges[0]!.from}..${ranges.at(-1)!.to}`;

const shown = (height: number | undefined): string => (height === undefined ? '' : grouped(height));
const since = (time: Date): string => duration((Date.now() - time.getTime()) / 1000);

const rateText = (perSecond: number): string =>
  perSecond === 0 ? '0' : perSecond < 10 ? perSecond.toFixed(1) : grouped(Math.round(perSecond));

function leftText({ missing, secondsLeft }: ChainStatus): string {
  if (secondsLeft !== undefined) return `${duration(secondsLeft)} left`;
  return missing.length === 0 ? 'nothing left' : 'not moving';
}

function lagText({ lagBlocks, lagSeconds }: ChainStatus): string {
  const blocks = lagBlocks === undefined ? 'source not asked' : `${grouped(lagBlocks)} blocks behind`;
  return lagSeconds === undefined ? blocks : `${blocks}, head is ${duration(lagSeconds)} old`;
}
