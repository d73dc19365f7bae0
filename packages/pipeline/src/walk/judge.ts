/** The decoder as the judge of what an RPC endpoint answers: it is what proves a block by its hashes. */
import type { Block, RawBlock } from '@baleen/chain';
import { createBlockDecoder } from '@baleen/decode';
import type * as rpcRoom from '@baleen/decode/rpc';
import type { RpcJudge } from '@baleen/source';

export interface Judge extends RpcJudge {
  /** The block, which of an RPC node was decoded when it was proved. */
  decode(raw: RawBlock): Block;
  /** Seconds spent on proofs since the last call. */
  takeSeconds(): number;
}

/** @param rpc  `@baleen/decode/rpc`, when blocks of RPC nodes are read */
export function createJudge(rpc?: typeof rpcRoom): Judge {
  const decode = createBlockDecoder(rpc);
  const proved = new WeakMap<RawBlock, Block>();
  let seconds = 0;
  return {
    prove(raw) {
      const startedAt = performance.now();
      try {
        proved.set(raw, decode(raw));
      } finally {
        seconds += (performance.now() - startedAt) / 1000;
      }
    },
    difference(one, other) {
      if (rpc === undefined)
        throw new TypeError('answers of RPC, and createJudge was not given @baleen/decode/rpc');
      return rpc.rpcDifference(one, other);
    },
    decode: (raw) => proved.get(raw) ?? decode(raw),
    takeSeconds() {
      const taken = seconds;
      seconds = 0;
      return taken;
    },
  };
}
