import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shownText, type TxContent } from '@baleen/chain';
import { needsRealdata, readJsonLines, realdata } from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { columbus1 } from './columbus-1-and-2.ts';
import { columbus3 } from './columbus-3.ts';
import { columbus4 } from './columbus-4.ts';
import { withCosmosSdkNames } from './cosmos-sdk-names.ts';
import { decodeStdTx as decodeWith } from './index.ts';
import { makeRegistry, type Registry } from './registry.ts';
import { sdk037 } from './sdk-0.37.ts';

const decodeStdTx = (raw: Uint8Array, prefix?: string, registry = columbus4) =>
  decodeWith(raw, prefix, registry);

const readText = (folder: string, file: string): string =>
  readFileSync(join(realdata(folder)!, file), 'utf8');

interface StdTxJson {
  readonly msg: readonly { readonly type: string; readonly value: unknown }[];
  readonly fee: { readonly amount: unknown; readonly gas: string };
  readonly signatures: readonly unknown[];
  readonly memo: string;
}
function readColumbus3(): readonly { readonly tx: string; readonly value: StdTxJson }[] {
  type Line = { readonly tx: string; readonly lcd: { readonly tx: { readonly value: StdTxJson } } };
  const lines = readJsonLines<Line>(join(realdata('columbus-3')!, 'txs.jsonl.gz'));
  return lines.map(({ tx, lcd }) => ({ tx, value: lcd.tx.value }));
}

const decode = (base64: string, registry?: Registry): TxContent =>
  decodeStdTx(Buffer.from(base64, 'base64'), 'terra', registry);

/** What a REST server prints of a tx's own messages. */
const ownMessages = ({ messages }: TxContent): unknown[] =>
  messages
    .filter(({ path }) => path === '')
    .map(({ type, value }) => ({ type, value: JSON.parse(value ?? 'null') }));

const envelope = (content: TxContent): unknown => {
  return {
    fee: {
      amount: content.feeCoins.map(({ denom, amount }) => ({ denom, amount: String(amount) })),
      gas: String(content.feeGas),
    },
    signatures: content.signatures.map(({ publicKey, signature }) => ({
      pub_key: JSON.parse(publicKey ?? 'null'),
      signature: Buffer.from(signature).toString('base64'),
    })),
    memo: shownText(content.memo),
  };
};

describe('published txs', () => {
  beforeEach(needsRealdata('columbus-3'));

  test('of columbus-3 are what its REST showed, message for message', () => {
    let equal = 0;
    for (const { tx, value } of readColumbus3()) {
      const { msg, fee, signatures, memo } = value;
      const content = decode(tx, columbus3);
      expect(envelope(content)).toEqual({ fee, signatures, memo });
      expect(ownMessages(content)).toEqual(msg);
      equal += msg.length;
    }
    expect(equal).toBe(693);
  });

  describe('of columbus-1', () => {
    beforeEach(needsRealdata('terra-columbus1-finder'));
    const read = (file: string): unknown => JSON.parse(readText('terra-columbus1-finder', file));

    test('are what its REST showed', () => {
      type Answer = { readonly height: string; readonly tx: { readonly value: StdTxJson } };
      const answers = Object.values(read('txs_lcd.json') as Record<string, Answer>);
      for (const { height, tx } of answers) {
        const block = read(`block_${height}.json`) as { block: { data: { txs: string[] } } };
        const { msg, fee, signatures, memo } = tx.value;
        const content = block.block.data.txs.map((each) => decode(each, columbus1));
        expect(content.map(envelope)).toContainEqual({ fee, signatures, memo });
        expect(content.map(ownMessages)).toContainEqual(msg);
      }
      expect(answers.length).toBeGreaterThan(0);
    });

    test('are understood in each of its blocks', () => {
      const files = readdirSync(realdata('terra-columbus1-finder')!).filter((file) => /^block_/.test(file));
      const messages = files.flatMap((file) => {
        const { block } = read(file) as { block: { data: { txs: string[] | null } } };
        return (block.data.txs ?? []).flatMap((tx) => decode(tx, columbus1).messages);
      });
      expect([files.length, messages.filter(({ value }) => value === undefined)]).toEqual([49, []]);
      expect([...new Set(messages.map(({ type, name }) => `${type} ${name}`))].sort()).toEqual([
        'cosmos-sdk/MsgBeginRedelegate staking.MsgBeginRedelegate',
        'cosmos-sdk/MsgDelegate staking.MsgDelegate',
        'cosmos-sdk/MsgSend bank.MsgSend',
      ]);
    });
  });

  test.each(['tx1', 'tx2', 'tx3', 'store'])('of amino-js (%s) decode to their JSON', (name) => {
    // amino-js was built with an SDK that printed Coins without elements as null.
    const file = readText('amino-js-terra', `${name}.json`).replace(
      /"(amount|initial_deposit)": null/g,
      '"$1": []',
    );
    const { txData, tx } = JSON.parse(file) as { txData: string; tx: { value: StdTxJson } };
    const { msg, fee, signatures, memo } = tx.value;
    const content = decode(txData);
    expect(envelope(content)).toEqual({ fee, signatures, memo });
    expect(ownMessages(content)).toEqual(msg);
  });

  test('of cosmoshub-3 decode with the names that the SDK gives by default', () => {
    const file = readText('cosmoshub3-iov', 'cosmoshub.json');
    const { tx_data, tx } = JSON.parse(file) as { tx_data: string; tx: { value: StdTxJson } };
    const registry = makeRegistry('cosmos-sdk/StdTx', 'cosmos', withCosmosSdkNames(sdk037));
    const { messages, feeGas, feePayer } = decodeStdTx(Buffer.from(tx_data, 'base64'), undefined, registry);
    expect(messages.map(({ type, value }) => ({ type, value: JSON.parse(value!) }))).toEqual(tx.value.msg);
    expect([String(feeGas), feePayer]).toEqual([
      tx.value.fee.gas,
      'cosmos1txqfn5jmcts0x0q7krdxj8tgf98tj0965vqlmq',
    ]);
  });

  test.each([
    ['pfc_1_block_3565904.json', ['wasm/MsgExecuteContract']],
    ['figment_block_728883.json', ['oracle/MsgExchangeRateVote', 'oracle/MsgExchangeRatePrevote']],
  ])('of tequila-0004 (%s) are understood', (file, types) => {
    const { block } = JSON.parse(readText('terra-tequila0004-docs', file)) as {
      block: { data: { txs: string[] } };
    };
    const messages = block.data.txs.flatMap((tx) => decodeStdTx(Buffer.from(tx, 'base64'), 'terra').messages);
    expect(messages.every(({ value }) => value !== undefined)).toBe(true);
    expect([...new Set(messages.map(({ type }) => type))]).toEqual(types);
  });
});
