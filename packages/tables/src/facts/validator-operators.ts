import type { Message } from '@baleen/chain';
import { type ValidatorKey, validatorKey } from '../consensus-key.ts';
import { CONSENSUS_ADDRESS_BYTES, chainId, keyOf, MAX_BECH32_BYTES } from '../place.ts';
import { flat } from '../storage.ts';
import { bounded, defineTable, required } from '../table.ts';
import { TX_DECODING } from '../tx-decoding.ts';

export const validatorOperators = defineTable({
  name: 'validator_operators',
  doc:
    'One row is a consensus key that an operator took: by a successful MsgCreateValidator, or in the genesis (at the height ' +
    'before the first block). Key: chain_id, address, height. A key may be taken again once its validator is gone.',
  storage: flat({ key: ['address'] }),
  needs: 'results',
  version: 1 + TX_DECODING,
  views: [],
  columns: {
    chain_id: chainId,
    height: required('int8', 'hash', 'Height of the block; it votes from two heights later.'),
    address: bounded(CONSENSUS_ADDRESS_BYTES, required('bytea', 'redecode', 'Consensus address, 20 bytes.')),
    operator_address: bounded(
      MAX_BECH32_BYTES,
      required('text', 'redecode', "The operator's bech32 address."),
    ),
  },
  rows(block) {
    const keys = block.txs
      .filter(({ result }) => result?.code === 0)
      .flatMap(({ content }) => createdValidators(content?.messages ?? []));
    return operatorRows(block.chainId, block.height, keys);
  },
});

interface OperatorRow {
  readonly chain_id: string;
  readonly height: number;
  readonly address: Uint8Array;
  readonly operator_address: string;
}

/** Makes rows of the consensus keys that operators took at a height. When a key comes twice, its last operator counts. */
export function operatorRows(chainId: string, height: number, keys: readonly ValidatorKey[]): OperatorRow[] {
  const last = new Map(keys.map((key) => [keyOf(key.address), key]));
  return [...last.values()].map(({ address, operator }) => ({
    chain_id: chainId,
    height,
    address,
    operator_address: operator,
  }));
}

const createdValidators = (messages: readonly Message[]): ValidatorKey[] =>
  messages
    .filter((message) => message.name === 'staking.MsgCreateValidator' && message.value !== undefined)
    .filter((message) => hasRun(message, messages))
    .flatMap((message) => validatorKey(JSON.parse(message.value!)) ?? []);

/** Messages that execute the messages in them, all or none. Messages in a proposal are not executed with it. */
const RUNNERS = new Set(['authz.MsgExec', 'msgauth.MsgExecAuthorized']);

function hasRun({ index, path }: Message, messages: readonly Message[]): boolean {
  const steps = path === '' ? [] : path.split('.');
  return steps.every((_, depth) => {
    const outer = steps.slice(0, depth).join('.');
    const parent = messages.find((other) => other.index === index && other.path === outer);
    return parent?.name !== undefined && RUNNERS.has(parent.name);
  });
}
