/** A small, steady stream of txs: sends, delegations, and some that fail in their block. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.ts';
import type { ChainKind, TrafficPlan } from './chain-kind.ts';
import type { NodeRpc } from './node-rpc.ts';
import type { SignerState } from './signer-state.ts';

export interface Traffic {
  /** Txs that the mempool took. */
  readonly sent: number;
  /** Rejects when a tx was refused. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export interface TrafficOptions extends TrafficPlan {
  readonly chain: ChainKind;
  readonly chainId: string;
  readonly txsPerSecond: number;
}

export function startTraffic(rpc: NodeRpc, options: TrafficOptions): Traffic {
  const states = new Map<Account, SignerState>();
  const stopping = new AbortController();
  const stateOf = async ({ address }: Account): Promise<SignerState> => ({
    chainId: options.chainId,
    ...(await options.chain.account(rpc, address)),
  });
  let sent = 0;
  const sendNext = async (turn: number): Promise<void> => {
    const tx = options.chain.txOf(turn, options);
    const state = states.get(tx.from) ?? (await stateOf(tx.from));
    const { code, log } = await rpc.broadcast(tx.encode(state));
    if (code !== 0) throw new Error(`tx ${turn} of ${tx.from.name}: refused with code ${code}: ${log}`);
    states.set(tx.from, { ...state, sequence: state.sequence + 1 });
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
