/** Whether the fee of a failed tx was taken, as far as its result tells. */
import { type BlockResults, shownText } from '@baleen/chain';

type Failure = Pick<BlockResults['txs'][number], 'code' | 'codespace' | 'log'>;

/** What `runMsgs` adds to an error of a message (cosmos-sdk baseapp/baseapp.go): behind it up to SDK 0.39, before it from 0.40 on.
 * SDK 0.37 and older answer with a list of an entry per message. */
const OF_A_MESSAGE =
  /^failed to execute message; message index: \d+:|: failed to execute message; message index: \d+$|; message index: \d+: unknown request$|^\[\{"msg_index":/;

/** GAS_BEFORE matches the errors of running out of gas before the fee is finally taken, GAS_AFTER those after it. */
const GAS_BEFORE =
  /^(?:out of gas: )?(?:out of gas in location: (?:txSize|ante verify: )|no block gas left to run tx)/;
const GAS_AFTER =
  /^(?:out of gas: )?out of gas in location: (?:block gas meter|Contract Execution|Loading CosmWasm module|wasm contract)/;

/** Errors whose text the node hides, and panics, may come from before and from within the messages. */
const TELLS_NOTHING = /^internal(?: error)?$|redacted|^recovered: /;

const OUT_OF_GAS = 11;

/** SDK 0.37 and older: the error of the tx as a whole, as JSON. */
const WHOLE_TX = /^\{"codespace":"[^"]*","code":(\d+),/;
const OLD_INTERNAL = 1;
const OLD_OUT_OF_GAS = 12;

/** A tx whose messages ran has paid, and one that was refused before them (a wrong sequence, too small a fee) has not: the fee is taken
 * with all else that the ante handler does, or not at all.
 *
 * @returns null if it is not known */
export function chargedByFailure({ code, codespace, log }: Failure): boolean | null {
  const text = shownText(log);
  if (OF_A_MESSAGE.test(text) || GAS_AFTER.test(text)) return true;
  if (GAS_BEFORE.test(text)) return false;
  if (text === '' || TELLS_NOTHING.test(text)) return null;
  const old = WHOLE_TX.exec(text);
  if (old !== null) return [OLD_INTERNAL, OLD_OUT_OF_GAS].includes(Number(old[1])) ? null : false;
  const space = shownText(codespace);
  if (space === '' || space === 'undefined' || (space === 'sdk' && code === OUT_OF_GAS)) return null;
  return false;
}
