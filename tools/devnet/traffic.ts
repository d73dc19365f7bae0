/** A small, steady stream of txs: sends, delegations, and some that fail in their block. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.ts';
import type { NodeRpc } from './node-rpc.ts';
import { delegateMessage, encodeTx, type SignerState, sendMessage, type TxPlan } from './std-tx.ts';

export interface Traffic {
  /** Txs that the mempool took. */
  readonly sent: number;
  /** Rejects when a tx was refused. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly chainId: string;
  readonly users: readonly Account[];
  readonly validator: Account;
  readonly txsPerSecond: number;
}

/** Covers Terra's tax on the little that is sent. */
const FEE = [
  { denom: 'ukrw', amount: '10' },
  { denom: 'uluna', amount: '2000' },
];
const MORE_THAN_ANYBODY_HAS = '9000000000000000';

export function startTraffic(rpc: NodeRpc, options: TrafficOptions): Traffic {
  const states = new Map<Account, SignerState>();
  const stopping = new AbortController();
  let sent = 0;
  const sendNext = async (turn: number): Promise<void> => {
    const signer = options.users[turn % options.users.length]!;
    const state = states.get(signer) ?? { chainId: options.chainId, ...(await rpc.account(signer.address)) };
    const { code, log } = await rpc.broadcast(encodeTx(planOf(turn, options), signer, state));
    if (code !== 0) throw new Error(`tx ${turn} of ${signer.name}: refused with code ${code}: ${log}`);
    states.set(signer, { ...state, sequence: state.sequence + 1 });
    sent++;
  };
  const running = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      await sendNext(turn);
      await sleep(1000 / options.txsPerSecond, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  const failed = running.then((): Promise<never> => new Promise(() => undefined));
  failed.catch(() => undefined);
  return {
    get sent() {
      return sent;
    },
    failed,
    async stop() {
      stopping.abort();
      await running.catch(() => undefined);
    },
  };
}

/** Every eighth fails in its block, every eighth delegates, the others send one or two kinds of coin. */
function planOf(turn: number, { users, validator }: TrafficOptions): TxPlan {
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
