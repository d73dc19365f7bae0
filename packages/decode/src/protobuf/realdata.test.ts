import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WireReader } from '@baleen/codec';
import { openLevelDb } from '@baleen/leveldb';
import { needsRealdata, realdata, unpackRecording } from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { tendermint034 } from '../consensus/tendermint-0.34.ts';
import { createProtobufTxDecoder, plansOf } from './index.ts';

const decode = createProtobufTxDecoder([() => plansOf(['terra-columbus5'])]);

describe('columbus-5 mainnet', () => {
  beforeEach(needsRealdata('terra-columbus5-mantlemint'));

  test('blocks 4724005 and 4814775 hold 116 messages of two types, all understood', () => {
    const folder = realdata('terra-columbus5-mantlemint')!;
    const messages = ['block_4724005_raw.json', 'block_4814775.json'].flatMap((file) => {
      const json = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const { data } = (json.block ?? json) as { data: { txs: string[] } };
      return data.txs.flatMap((tx) => decode(Buffer.from(tx, 'base64'), 'terra').messages);
    });
    expect(messages.every(({ value }) => value !== undefined)).toBe(true);
    expect([messages.length, [...new Set(messages.map(({ name }) => name))].sort()]).toEqual([
      116,
      ['oracle.MsgAggregateExchangeRatePrevote', 'oracle.MsgAggregateExchangeRateVote'],
    ]);
  });
});

describe('evmos devnet', () => {
  beforeEach(needsRealdata('leveldb-evmos-tm034'));

  test('65,339 txs of ethermint are understood with its descriptors', () => {
    const understand = createProtobufTxDecoder([() => plansOf(['terra-columbus5', 'ethermint'])]);
    const types = new Map<string, number>();
    let call: string | undefined;
    for (const txs of readEvmosBlocks())
      for (const tx of txs)
        for (const { name, value } of understand(tx, 'evmos').messages) {
          const { data } = JSON.parse(value!);
          if (data.to !== '' && data.data !== null) call ??= value;
          const kind = `${name} ${data['@type']}`;
          types.set(kind, (types.get(kind) ?? 0) + 1);
        }
    expect(Object.fromEntries(types)).toMatchInlineSnapshot(`
      {
        "evm.MsgEthereumTx /ethermint.evm.v1.LegacyTx": 65339,
      }
    `);
    expect(JSON.parse(call!)).toMatchInlineSnapshot(`
      {
        "data": {
          "@type": "/ethermint.evm.v1.LegacyTx",
          "data": "qQWcuwAAAAAAAAAAAAAAAF8jZhOSYqomryGvvBsGofns/Im8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABhqA=",
          "gas": "200000",
          "gas_price": "0",
          "nonce": "17",
          "r": "A1hPS5s6AXfbPrXsAetWtJ//SYwVxmOf4P4LgcEyo0Y=",
          "s": "L1Y0w47E2Esb6CsFSblZUYyqYy9fzsNXmfFvz2KzkVU=",
          "to": "0x0FbbC319D1B1D48E6E30f6046BDc04a06436365C",
          "v": "RnY=",
          "value": "0",
        },
        "from": "",
        "hash": "0x9b49f1db454811a7b88cf872e204f5c04427208e66f0653d6763892101143524",
        "size": 0,
      }
    `);
  });

  test('without them they decode to their schemaless reading, none is refused', () => {
    const counts = new Map<string, number>();
    for (const txs of readEvmosBlocks()) {
      for (const tx of txs)
        for (const { type, value, fields } of decode(tx, 'evmos').messages) {
          const key = `${type} ${value === undefined && fields !== undefined ? 'fields' : 'value'}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
    }
    expect(Object.fromEntries(counts)).toMatchInlineSnapshot(`
      {
        "/ethermint.evm.v1.MsgEthereumTx fields": 65339,
      }
    `);
  });
});

function* readEvmosBlocks(): Generator<readonly Uint8Array[]> {
  const folder = unpackRecording('leveldb-evmos-tm034', 'blockstore')!;
  using db = openLevelDb(join(folder, 'data/blockstore.db'));
  for (let height = 1; ; height++) {
    const parts: Uint8Array[] = [];
    for (let part: Uint8Array | undefined; ; parts.push(bytesOf(part))) {
      part = db.get(Buffer.from(`P:${height}:${parts.length}`));
      if (part === undefined) break;
    }
    if (parts.length === 0) return;
    yield tendermint034.decodeBlock(Buffer.concat(parts)).txs;
  }
}

/** Field 2 of a stored Part. */
function bytesOf(part: Uint8Array): Uint8Array {
  const reader = new WireReader(part);
  while (!reader.done) {
    const key = reader.key();
    if (key === 0x12) return reader.bytes();
    reader.skip(key);
  }
  return new Uint8Array();
}
