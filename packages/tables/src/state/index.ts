import type { StateKind } from '@baleen/chain';
import * as accounts from './accounts.ts';
import * as distribution from './distribution.ts';
import * as governance from './governance.ts';
import * as modules from './modules.ts';
import * as oracle from './oracle.ts';
import * as staking from './staking.ts';
import type { StateTable } from './state-table.ts';
import * as wasm from './wasm.ts';

export type { StateTable } from './state-table.ts';

/** Every table of state. */
export const stateTables: readonly StateTable[] = [
  ...Object.values(accounts),
  ...Object.values(staking),
  ...Object.values(distribution),
  ...Object.values(governance),
  ...Object.values(oracle),
  ...Object.values(wasm),
  ...Object.values(modules),
] as readonly StateTable[];

const byKind = new Map<StateKind, StateTable[]>();
for (const table of stateTables)
  for (const kind of table.kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), table]);

/** Tables in which records of a kind have rows. Records of kind `index` have none. */
export const stateTablesOf = (kind: StateKind): readonly StateTable[] => byKind.get(kind) ?? [];
