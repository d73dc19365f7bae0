import type { Route } from '../route.ts';
import { authRoutes } from './auth.ts';
import { bankRoutes } from './bank.ts';
import { blockRoutes } from './blocks.ts';
import { distributionRoutes } from './distribution.ts';
import { govRoutes } from './gov.ts';
import { govTxRoutes } from './gov-txs.ts';
import { grantRoutes } from './grants.ts';
import { marketRoutes } from './market.ts';
import { moduleRoutes } from './modules.ts';
import { oracleRoutes } from './oracle.ts';
import { paramRoutes } from './params.ts';
import { slashingRoutes } from './slashing.ts';
import { stakingRoutes } from './staking.ts';
import { txSearchRoutes } from './tx-searches.ts';
import { txRoutes } from './txs.ts';
import { wasmRoutes } from './wasm.ts';

export const routes: readonly Route[] = [
  ...authRoutes,
  ...bankRoutes,
  ...stakingRoutes,
  ...distributionRoutes,
  ...slashingRoutes,
  ...govRoutes,
  ...govTxRoutes,
  ...paramRoutes,
  ...moduleRoutes,
  ...marketRoutes,
  ...oracleRoutes,
  ...wasmRoutes,
  ...grantRoutes,
  ...blockRoutes,
  ...txRoutes,
  ...txSearchRoutes,
];
