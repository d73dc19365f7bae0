import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needsRealdata, realdata } from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { decodeStdTx } from '../amino/index.ts';
import { applicationNamed } from './index.ts';

describe('cosmoshub-3', () => {
  beforeEach(needsRealdata('cosmoshub3-iov'));

  test('a recorded tx comes to its recorded form', () => {
    const file = join(realdata('cosmoshub3-iov')!, 'cosmoshub.json');
    const { tx, tx_data } = JSON.parse(readFileSync(file, 'utf8')) as {
      tx: {
        value: { msg: { type: string; value: unknown }[]; fee: unknown; signatures: { pub_key: unknown }[] };
      };
      tx_data: string;
    };
    const { transactions } = applicationNamed('cosmoshub-3');
    if (transactions.encoding !== 'amino') throw new TypeError('expected amino');
    const content = decodeStdTx(Buffer.from(tx_data, 'base64'), undefined, transactions.registry);
    const { msg, fee, signatures } = tx.value;
    expect(content.messages.map(({ type, value }) => ({ type, value: JSON.parse(value!) }))).toEqual(msg);
    expect(content.messages[0]?.name).toBe('bank.MsgSend');
    const amount = content.feeCoins.map(({ denom, amount }) => ({ denom, amount: String(amount) }));
    expect({ amount, gas: String(content.feeGas) }).toEqual(fee);
    expect(content.signatures.map(({ publicKey }) => JSON.parse(publicKey!))).toEqual(
      signatures.map(({ pub_key }) => pub_key),
    );
    expect(content.feePayer).toBe('cosmos1txqfn5jmcts0x0q7krdxj8tgf98tj0965vqlmq');
  });
});
