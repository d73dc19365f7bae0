/** Terra core 0.4: SDK 0.39 on Tendermint 0.33, everything in amino. */
import type { ChainKind, PlannedTx, TrafficPlan } from './chain-kind.ts';
import { configureNode, prepareHome } from './home.ts';
import { delegateMessage, encodeTx, sendMessage, type TxPlan } from './std-tx.ts';

/** Covers Terra's tax on the little that is sent. */
const FEE = [
  { denom: 'ukrw', amount: '10' },
  { denom: 'uluna', amount: '2000' },
];
const MORE_THAN_ANYBODY_HAS = '9000000000000000';

export const AMINO_CHAIN: ChainKind = {
  prefix: 'terra',
  databases: ['goleveldb'],
  prepareHome,
  configure: configureNode,
  async account(rpc, address) {
    const data = Buffer.from(JSON.stringify({ Address: address }));
    const { value } = JSON.parse((await rpc.query('custom/acc/account', data)).toString());
    return { accountNumber: String(value.account_number), sequence: Number(value.sequence) };
  },
  txOf(turn, plan): PlannedTx {
    const from = plan.users[turn % plan.users.length]!;
    return { from, encode: (state) => encodeTx(planOf(turn, plan), from, state) };
  },
};

/** Every eighth fails in its block, every eighth delegates, the others send one or two kinds of coin. */
function planOf(turn: number, { users, validator }: TrafficPlan): TxPlan {
  const from = users[turn % users.length]!;
  const to = users[(turn + 1) % users.length]!;
  const luna = { denom: 'uluna', amount: String(1 + (turn % 1000)) };
  const plan = (...messages: TxPlan['messages']): TxPlan => ({
    messages,
    fee: FEE,
    gas: 400_000,
    memo: memoOf(turn),
  });
  if (turn % 8 === 3) return plan(delegateMessage(from, validator, luna));
  if (turn % 8 === 5) return plan(sendMessage(from, to, [{ denom: 'uluna', amount: MORE_THAN_ANYBODY_HAS }]));
  if (turn % 8 === 6) return plan(sendMessage(from, to, [{ denom: 'ukrw', amount: '1000' }, luna]));
  return plan(sendMessage(from, to, [luna]));
}

const memoOf = (turn: number): string =>
  turn % 4 === 0 ? '' : turn % 4 === 1 ? `tx ${turn} <&> 🐋` : `tx ${turn}`;
