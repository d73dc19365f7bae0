/** Writes a node's application state into the database, for `state` and, behind the blocks, for `index`. */
import type { NodeRef } from '@baleen/chain';
import type { BlockSource, ChainSession, StateReport } from '@baleen/pipeline';
import { kindOf } from '@baleen/source';
import type { Context } from '../cli/context.ts';
import type { Telemetry } from '../metrics/telemetry.ts';
import { createProgress } from '../output/progress.ts';
import { grouped } from '../output/table.ts';

export interface TakeStateOptions {
  /** Height of the state, which the node must have kept; undefined means the newest. */
  readonly height?: number | undefined;
  /** True if a state of a greater height in the database stays, and this one is then not written. */
  readonly keepsNewer?: boolean | undefined;
  readonly quiet: boolean;
  readonly telemetry: Telemetry;
}

/** Writes the state of a source into the database.
 * @param source  a source of a chain that was prepared
 * @throws BaleenError  as `readState` of the session */
export async function takeState(
  session: ChainSession,
  source: BlockSource,
  options: TakeStateOptions,
  context: Context,
): Promise<StateReport> {
  const { height, keepsNewer, quiet, telemetry } = options;
  const { chainId, path } = source.info;
  const work = telemetry.chain(chainId);
  work.doing = `reading the state of ${path}`;
  const progress = createProgress('keys of the state', context);
  try {
    return await session.readState(source, {
      height,
      keepsNewer,
      onProgress({ leaves, totalLeaves }) {
        work.doing = `reading the state of ${path}: ${grouped(leaves)} of ${grouped(totalLeaves)} keys`;
        if (!quiet) progress.update({ done: leaves, total: totalLeaves });
      },
    });
  } finally {
    progress.end();
  }
}

/** Checks that the state is there, before anything is created for it.
 * @throws BaleenError what `openState` throws */
export function checkState(ref: NodeRef, height: number | undefined): void {
  kindOf(ref).openState({ height }).close();
}

/** Says that no state was written because it could not be read, although the blocks were written. */
export interface LeftOutState {
  readonly chainId: string;
  readonly outcome: 'left_out';
  /** Why the state could not be read, in words. */
  readonly why: string;
}

/** Says in words what was read, by what it is proved, and what was left out. */
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
