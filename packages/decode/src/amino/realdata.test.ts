import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shownText } from '@baleen/chain';
import { needsRealdata, readJsonLines, realdata } from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { decodeStdTx } from './index.ts';
import { makeRegistry } from './registry.ts';
import { sdk039 } from './sdk-0.39.ts';

const readText = (folder: string, file: string): string =>
  readFileSync(join(realdata(folder)!, file), 'utf8');

interface StdTxJson {
  readonly msg: readonly { readonly type: string; readonly value: unknown }[];
  readonly fee: { readonly amount: unknown; readonly gas: string };
  readonly signatures: readonly unknown[];
  readonly memo: string;
}
/** Types that columbus-3 wrote otherwise than columbus-4. */
const OTHER_IN_COLUMBUS_3 =
  /MsgEditValidator|MsgCreateValidator|MsgUnjail|MsgExchangeRatePrevote|ParameterChange/;

function readColumbus3(): readonly { readonly tx: string; readonly value: StdTxJson }[] {
  type Line = { readonly tx: string; readonly lcd: { readonly tx: { readonly value: StdTxJson } } };
  const lines = readJsonLines<Line>(join(realdata('columbus-3')!, 'txs.jsonl.gz'));
  return lines.map(({ tx, lcd }) => ({ tx, value: lcd.tx.value }));
}

const envelope = (base64: string): unknown => {
  const content = decodeStdTx(Buffer.from(base64, 'base64'), 'terra');
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

  test('of columbus-3 have the fee, signatures, memo and the unchanged messages that its REST showed', () => {
    let equal = 0;
    for (const { tx, value } of readColumbus3()) {
      const { fee, signatures, memo } = value;
      expect(envelope(tx)).toEqual({ fee, signatures, memo });
      const own = decodeStdTx(Buffer.from(tx, 'base64'), 'terra').messages.filter(({ path }) => path === '');
      value.msg.forEach((message, index) => {
        if (OTHER_IN_COLUMBUS_3.test(JSON.stringify(message))) return;
        expect({ type: own[index]!.type, value: JSON.parse(own[index]!.value!) }).toEqual(message);
        equal++;
      });
    }
    expect(equal).toBe(642);
  });

  test.each(['tx1', 'tx2', 'tx3', 'store'])('of amino-js (%s) decode to their JSON', (name) => {
    // amino-js was built with an SDK that printed Coins without elements as null.
    const file = readText('amino-js-terra', `${name}.json`).replace(
      /"(amount|initial_deposit)": null/g,
      '"$1": []',
    );
    const { txData, tx } = JSON.parse(file) as { txData: string; tx: { value: StdTxJson } };
    const { msg, fee, signatures, memo } = tx.value;
    expect(envelope(txData)).toEqual({ fee, signatures, memo });
    const own = decodeStdTx(Buffer.from(txData, 'base64'), 'terra').messages;
    expect(own.map(({ type, value }) => ({ type, value: JSON.parse(value!) }))).toEqual(msg);
  });

  test('of cosmoshub-3 decode with the names that the SDK gives by default', () => {
    const file = readText('cosmoshub3-iov', 'cosmoshub.json');
    const { tx_data, tx } = JSON.parse(file) as { tx_data: string; tx: { value: StdTxJson } };
    const send = sdk039.find(({ name }) => name === 'bank/MsgSend')!;
    const keys = sdk039.filter(({ group }) => group === 'key');
    const registry = makeRegistry('cosmos-sdk/StdTx', 'cosmos', [
      { ...send, name: 'cosmos-sdk/MsgSend' },
      ...keys,
    ]);
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
