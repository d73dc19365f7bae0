/** A node's application state into the database: what `state` does, and `index` behind the blocks. */
import { join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import { readState, type StateReport } from '@baleen/pipeline';
import { openState, type Source } from '@baleen/source';
import type { Store } from '@baleen/store';
import type { Context } from '../cli/context.ts';
import type { OpenedSource } from '../index/opened-sources.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import { createProgress } from '../output/progress.ts';
import { grouped } from '../output/table.ts';

export interface TakeStateOptions {
  readonly store: Store;
  /** Any kept height; undefined: the newest. */
  readonly height?: number | undefined;
  /** A state of a higher height in the database stays. */
  readonly keepsNewer?: boolean;
  readonly quiet: boolean;
  readonly telemetry: Telemetry;
}

/** @param source  of a chain that is prepared
 * @throws BaleenError what `readState` throws; operator `CLI_NO_PREFIX` */
export async function takeState(
  { info }: Source,
  options: TakeStateOptions,
  context: Context,
): Promise<StateReport> {
  const { store, height, keepsNewer = false, quiet, telemetry } = options;
  const { chainId, path } = info;
  const work = telemetry.chain(chainId);
  work.doing = `reading the state of ${path}`;
  const prefix = info.bech32Prefix ?? (await storedPrefix(chainId, store));
  if (prefix === undefined) throw noPrefix(path);
  const progress = createProgress('keys of the state', context);
  try {
    return await readState({
      ...{ path, height, chainId, prefix, store, keepsNewer },
      signal: context.signal,
      onProgress({ leaves, totalLeaves }) {
        work.doing = `reading the state of ${path}: ${grouped(leaves)} of ${grouped(totalLeaves)} keys`;
        if (!quiet) progress.update({ done: leaves, total: totalLeaves });
      },
    });
  } finally {
    progress.end();
  }
}

/** The folder that has the application's database; of several, the one whose node went farthest. */
export function withState(opened: readonly OpenedSource[]): Source | undefined {
  const height = ({ info }: Source): number => info.stateHeight ?? info.head;
  return opened
    .map(({ source }) => source)
    .filter(({ info }) => info.databases.includes('application.db'))
    .sort((one, other) => height(other) - height(one))[0];
}

/** Whether it is there, before anything is created for it.
 * @throws BaleenError what `openState` throws */
export function checkState(path: string, height: number | undefined): void {
  openState(path, height === undefined ? {} : { height }).close();
}

async function storedPrefix(chainId: string, store: Store): Promise<string | undefined> {
  const [stored] = await store.query('select bech32_prefix from baleen.chains where chain_id = $1', [
    chainId,
  ]);
  return (stored?.bech32_prefix as string | null | undefined) ?? undefined;
}

const noPrefix = (path: string): BaleenError =>
  new BaleenError(
    'operator',
    'CLI_NO_PREFIX',
    `read the state of ${path}: expected a genesis that tells the prefix of addresses, found none; put the chain's genesis.json at ` +
      `${join(path, 'genesis.json')}; nothing written`,
  );

/** A state that could not be read, while the blocks were. */
export interface LeftOutState {
  readonly chainId: string;
  readonly outcome: 'left_out';
  /** In words. */
  readonly why: string;
}

/** For people: what was read, by what it is proved, and what was left out. */
export function stateLines(report: StateReport | LeftOutState): string[] {
  if (report.outcome === 'left_out') return [`${report.chainId}: no state written: ${report.why}`];
  const { chainId, height, outcome, leaves } = report;
  const of = `${chainId}: state at ${grouped(height)}`;
  if (outcome === 'already') return [`${of}: was there already`];
  if (outcome === 'newer') return [`${of}: a newer one is there, and stays`];
  if (outcome === 'interrupted') return [`${of}: interrupted; the state before is still there`];
  return [
    `${of}: ${grouped(leaves)} keys, ${rowsText(report)}; ${proofText(report)}`,
    ...report.leftOut.map(({ store, why }) => `${of}: store ${store} is left out as a whole: ${why}`),
  ];
}

function rowsText({ stores }: StateReport): string {
  const rows = stores.reduce((sum, store) => sum + store.rows, 0);
  const unknown = stores.reduce((sum, store) => sum + store.unknown, 0);
  return `${grouped(rows)} rows written, ${grouped(unknown)} keys kept raw`;
}

const proofText = ({ appHash, provedBy }: StateReport): string =>
  provedBy === undefined ? `app hash ${appHash}, not proved` : `app hash ${appHash}, as ${provedBy} has it`;
