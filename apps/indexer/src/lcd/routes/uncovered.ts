import type { Uncovered } from '../route.ts';

const AMINO_39 = ['amino-0.39'] as const;
const AMINO_44 = ['amino-0.44'] as const;
const LEGACY = ['amino-0.39', 'amino-0.44'] as const;
const GATEWAY = ['gateway-0.44'] as const;

const WASM_QUERY = 'a smart query runs the contract’s code; contract_state has what it reads';
const NODE = 'about the node, not the chain';
const IBC = 'IBC is not decoded yet';
const GONE = 'of a proposal that is gone the server says no more than “internal”';
const OFFER = 'without a coin or a denom that the server can read it answers with an error';
const EVIDENCE = 'of a block with evidence the view has its bytes, which REST prints in its own way';
const NEXT_SET = 'a set that changes with the next block is not known';
const PAGE = 'a page of a list, in the order of its keys; the whole list is covered';
const BROADCAST = 'sends a tx: not from data';

/** Routes that SQL does not answer, and why. */
export const uncovered: readonly Uncovered[] = [
  { apis: LEGACY, path: '/node_info', reason: NODE },
  { apis: LEGACY, path: '/syncing', reason: NODE },
  { apis: GATEWAY, path: '/cosmos/base/tendermint/v1beta1/node_info', reason: NODE },
  { apis: GATEWAY, path: '/cosmos/base/tendermint/v1beta1/syncing', reason: NODE },
  { apis: LEGACY, path: '/txs (POST)', reason: BROADCAST },
  { apis: GATEWAY, path: '/cosmos/tx/v1beta1/txs (POST)', reason: BROADCAST },
  { apis: GATEWAY, path: '/cosmos/tx/v1beta1/simulate', reason: 'runs a tx: not from data' },
  { apis: AMINO_39, path: '/wasm/contracts/{contract}/store', reason: WASM_QUERY },
  { apis: AMINO_44, path: '/wasm/contracts/{contract}/store', reason: WASM_QUERY },
  { apis: GATEWAY, path: '/terra/wasm/v1beta1/contracts/{contract}/store', reason: WASM_QUERY },
  {
    apis: AMINO_39,
    path: '/staking/historical_info/{height}',
    reason: 'the server of SDK 0.39 answers with an error always; historical_infos has it',
  },
  { apis: AMINO_39, path: '/evidence/params', reason: 'the server of SDK 0.39 answers with an error always' },
  {
    apis: AMINO_44,
    path: '/slashing/validators/{key}/signing_info',
    reason: 'the server of SDK 0.44 answers with an error always; signing_infos has it',
  },
  {
    apis: AMINO_44,
    path: '/upgrade/current',
    reason: 'the server of SDK 0.44 does not have it; module_values has the plan',
  },
  { apis: GATEWAY, path: '/cosmos/params/v1beta1/params', reason: 'an error without subspace and key' },
  {
    apis: LEGACY,
    path: '/oracle/voters/{operator}/feeder',
    reason: 'of an operator without a validator REST prints the operator’s own account',
  },
  {
    apis: GATEWAY,
    path: '/terra/oracle/v1beta1/validators/{operator}/feeder',
    reason: 'of an operator without a validator REST prints the operator’s own account',
  },
  { apis: LEGACY, path: '/staking/validators', reason: PAGE },
  { apis: GATEWAY, path: '/cosmos/auth/v1beta1/accounts', reason: PAGE },
  { apis: GATEWAY, path: '/cosmos/bank/v1beta1/supply', reason: PAGE },
  { apis: GATEWAY, path: '/cosmos/gov/v1beta1/proposals', reason: PAGE },
  { apis: LEGACY, path: '/market/swap', reason: OFFER },
  { apis: GATEWAY, path: '/terra/market/v1beta1/swap', reason: OFFER },
  {
    apis: AMINO_39,
    path: '/gov/proposals/{proposal}',
    reason: GONE,
  },
  { apis: AMINO_39, path: '/gov/proposals/{proposal}/tally', reason: GONE },
  { apis: AMINO_39, path: '/gov/proposals/{proposal}/deposits', reason: GONE },
  { apis: AMINO_39, path: '/gov/proposals/{proposal}/votes', reason: GONE },
  {
    apis: AMINO_44,
    path: '/txs/{hash}',
    reason: 'the server refuses a tx whose messages have no amino form; the gateway’s form is covered',
  },
  { apis: LEGACY, path: '/txs', reason: 'without a condition the servers look for nothing' },
  {
    apis: LEGACY,
    path: '/staking/delegators/{delegator}/txs',
    reason: 'the lists of each ?type= in one; they are covered',
  },
  {
    apis: GATEWAY,
    path: '/cosmos/tx/v1beta1/txs',
    reason: 'a page beyond the last one is an error of the server',
  },
  { apis: LEGACY, path: '/blocks/{height}', reason: EVIDENCE },
  { apis: GATEWAY, path: '/cosmos/base/tendermint/v1beta1/blocks/{height}', reason: EVIDENCE },
  { apis: LEGACY, path: '/validatorsets/latest', reason: NEXT_SET },
  { apis: GATEWAY, path: '/cosmos/base/tendermint/v1beta1/validatorsets/latest', reason: NEXT_SET },
  {
    apis: AMINO_39,
    path: '/upgrade/applied/{plan}',
    reason: 'the server of SDK 0.39 does not have it; module_values has the plan',
  },
  { apis: GATEWAY, path: '/cosmos/upgrade/v1beta1/upgraded_consensus_state/{height}', reason: IBC },
  { apis: GATEWAY, path: '/ibc/…', reason: IBC },
];
