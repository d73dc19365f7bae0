/** Keeps the consensus params in force, and asks for them only at heights where they may have changed.
 *
 * The consensus hash of the header covers two of the params. Changes of the others are in the results of the block before. columbus-5
 * repeats all params there in every block, so a change is told by comparing values. */
import type { Fact } from './facts.ts';

export interface ParamsInForce {
  /** Returns the params at a height: the same object as long as nothing changes. For consecutive heights `ask` is called only on a change.
   * @param resultsBefore  `/block_results` of the block below. If it is undefined, `ask` is called */
  at(
    height: number,
    consensusHash: string,
    resultsBefore: unknown,
    ask: (height: number) => Promise<Fact | undefined>,
  ): Promise<Fact | undefined>;
  /** Replaces the params of `height`, for which an endpoint had answered others. */
  correct(height: number, consensusHash: string, fact: Fact): void;
}

export function createParamsInForce(): ParamsInForce {
  let last:
    | { readonly height: number; readonly consensusHash: string; readonly fact: Fact | undefined }
    | undefined;
  return {
    async at(height, consensusHash, resultsBefore, ask) {
      const isSame =
        last !== undefined &&
        last.height === height - 1 &&
        last.consensusHash === consensusHash &&
        resultsBefore !== undefined &&
        repeats(updatesIn(resultsBefore), paramsIn(last.fact?.result));
      let fact = isSame ? last!.fact : await ask(height);
      const mayDiffer = last !== undefined && fact !== last.fact;
      if (mayDiffer && equal(paramsIn(fact?.result), paramsIn(last!.fact?.result))) fact = last!.fact;
      last = { height, consensusHash, fact };
      return fact;
    },
    correct(height, consensusHash, fact) {
      last = { height, consensusHash, fact };
    },
  };
}

const updatesIn = (results: unknown): unknown => field(results, 'consensus_param_updates');
const paramsIn = (answer: unknown): unknown => field(answer, 'consensus_params');

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const equal = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** True if every value in `updates` is in `params` already. */
function repeats(updates: unknown, params: unknown): boolean {
  if (updates === null || updates === undefined) return true;
  if (Array.isArray(updates)) return equal(updates, params);
  if (typeof updates !== 'object') return String(updates) === String(params);
  return Object.entries(updates).every(([name, value]) => repeats(value, field(params, name)));
}
