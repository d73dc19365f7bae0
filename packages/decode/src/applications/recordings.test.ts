/** Recorded txs of real nodes of every application that is told by descriptors, beside what the nodes' own REST printed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type EraName, type Message, shownText } from '@baleen/chain';
import { sha256, toHex, WireWriter } from '@baleen/codec';
import { answerJson, needsRealdata, readJsonLines, realdata } from '@baleen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DecodeTx } from './application.ts';
import { applicationNamed } from './index.ts';
import { createTxDecoders } from './tx-decoders.ts';

const RECORDINGS = [
  ['terra-classic3-devnet', 'tendermint-0.34', 'terra-classic-3', 'terra', 479],
  ['terra-phoenix-devnet', 'tendermint-0.34', 'phoenix', 'terra', 464],
  ['wasmd-sdk047-devnet', 'tendermint-0.34', 'sdk-0.47', 'wasm', 460],
  ['sdk050-comet038-devnet', 'cometbft-0.38', 'sdk-0.50', 'wasm', 441],
  ['wasmd-sdk053-devnet', 'cometbft-0.38', 'sdk-0.53', 'wasm', 430],
] as const;

interface Recorded {
  readonly raw: Uint8Array;
  readonly body: { readonly messages: unknown } & Readonly<Record<string, unknown>>;
  readonly auth_info: Readonly<Record<string, unknown>>;
}

/** Txs of blocks whose REST answer is recorded as well. */
function readTxs(name: string): Recorded[] {
  const folder = realdata(join('../fixtures', name))!;
  const raws = readJsonLines(join(folder, 'rpc.jsonl.gz'))
    .filter(({ request }) => request.startsWith('/block?'))
    .flatMap((answer) => {
      const json = answerJson(answer) as { result?: { block: { data: { txs: string[] | null } } } };
      return json.result?.block.data.txs ?? [];
    });
  const byHash = new Map(
    [...new Set(raws)].map((tx) => {
      const raw = new Uint8Array(Buffer.from(tx, 'base64'));
      return [toHex(sha256(raw)).toUpperCase(), raw];
    }),
  );
  return readJsonLines(join(folder, 'lcd.jsonl.gz')).flatMap((answer) => {
    const hash = /^\/cosmos\/tx\/v1beta1\/txs\/([0-9A-F]{64})$/.exec(answer.request)?.[1];
    const raw = hash && byHash.get(hash);
    if (!raw || answer.status !== 200) return [];
    const { tx } = answerJson(answer) as { tx: Omit<Recorded, 'raw'> };
    return [{ raw, ...tx }];
  });
}

/** The decoder of a chain that runs an application. */
const decoderOf = (name: string, era: EraName): DecodeTx =>
  createTxDecoders()({ chainId: 'devnet', era, height: 1 }, { applications: [{ name, from: 0 }] });

const printed = (messages: readonly Message[]): string =>
  JSON.stringify(
    messages
      .filter(({ path }) => path === '')
      .map(({ type, value }) => ({ '@type': shownText(type), ...JSON.parse(value ?? 'null') })),
  );

describe.each(RECORDINGS)('txs of %s', (name, era, application, prefix, count) => {
  beforeEach(needsRealdata(join('../fixtures', name)));

  test('have the messages that the node’s REST printed, member for member in order; none is raw, nested ones neither', () => {
    const decode = decoderOf(application, era);
    const txs = readTxs(name);
    expect(txs.length).toBeGreaterThanOrEqual(count);
    for (const { raw, body } of txs) {
      const { messages } = decode(raw, prefix);
      expect(printed(messages)).toBe(JSON.stringify(body.messages));
      expect(messages.filter(({ value }) => value === undefined)).toEqual([]);
    }
  });
});

describe('what else a tx sets', () => {
  const NAME = 'wasmd-sdk053-devnet';
  beforeEach(needsRealdata(join('../fixtures', NAME)));

  test('is what the node’s REST printed: the timeouts by time of SDK 0.53', () => {
    const decode = decoderOf('sdk-0.53', 'cometbft-0.38');
    const extras = readTxs(NAME).flatMap(({ raw, body, auth_info }) => {
      const { extra } = decode(raw, 'wasm');
      const said = JSON.parse(extra ?? '{}') as Record<string, unknown>;
      const names = Object.keys(said);
      expect(said).toEqual(Object.fromEntries(names.map((name) => [name, body[name] ?? auth_info[name]])));
      expect(names.includes('timeout_timestamp')).toBe(body.timeout_timestamp !== null);
      expect(names.includes('unordered')).toBe(body.unordered === true);
      return names;
    });
    expect([...new Set(extras)]).toEqual(['timeout_timestamp']);
    expect(extras.length).toBeGreaterThan(1);
  });
});

describe('messages to an interchain account', () => {
  const NAME = 'terra-classic3-devnet';
  beforeEach(needsRealdata(join('../fixtures', NAME)));

  test('are rows of their own where their packet holds them plainly', () => {
    const decode = decoderOf('terra-classic-3', 'tendermint-0.34');
    const sent = readTxs(NAME)
      .map(({ raw }) => decode(raw, 'terra').messages)
      .filter((messages) =>
        messages.some(({ name }) => name === 'v1.MsgSendTx' || name === 'controller.MsgSendTx'),
      );
    expect(
      sent.map((messages) => messages.map(({ path, name }) => `${path || '-'} ${name}`)),
    ).toMatchInlineSnapshot(`
      [
        [
          "- controller.MsgSendTx",
          "0 bank.MsgSend",
          "1 staking.MsgDelegate",
        ],
        [
          "- controller.MsgSendTx",
          "0 bank.MsgSend",
        ],
        [
          "- controller.MsgSendTx",
          "0 bank.MsgSend",
        ],
      ]
    `);
  });
});

test('a message that came with a later line is read by it, on a chain of an earlier one', () => {
  const decode = decoderOf('sdk-0.47', 'tendermint-0.34');
  // MsgRegisterInterchainAccount {1 owner, 2 connection, 4 ordering}; ordering came with ibc-go 8.
  const message = Buffer.from('0a01611201622001', 'hex');
  const url = Buffer.from('/ibc.applications.interchain_accounts.controller.v1.MsgRegisterInterchainAccount');
  const any = Buffer.concat([Buffer.of(0x0a, url.length), url, Buffer.of(0x12, message.length), message]);
  const body = Buffer.concat([Buffer.of(0x0a, any.length), any]);
  const [found] = decode(Buffer.concat([Buffer.of(0x0a, body.length), body]), 'cosmos').messages;
  expect(JSON.parse(found!.value!)).toEqual({
    owner: 'a',
    connection_id: 'b',
    version: '',
    ordering: 'ORDER_UNORDERED',
  });
});

test('the tip of a tx of SDK 0.46 and 0.47, and an extension option that nobody knows', () => {
  const decode = decoderOf('sdk-0.47', 'tendermint-0.34');
  const coin = new WireWriter().text(1, 'uatom').text(2, '5').finish();
  const tip = new WireWriter().message(1, coin).text(2, 'cosmos1tipper').finish();
  const authInfo = new WireWriter().message(3, tip).finish();
  const option = new WireWriter().text(1, '/nobody.knows.It').finish();
  const txOf = (body: Uint8Array) => new WireWriter().message(1, body).message(2, authInfo).finish();
  expect(decode(txOf(new Uint8Array()), 'cosmos').extra).toBe(
    '{"tip":{"amount":[{"denom":"uatom","amount":"5"}],"tipper":"cosmos1tipper"}}',
  );
  expect(decode(txOf(new WireWriter().message(1023, option).finish()), 'cosmos')).toMatchObject({
    messages: [],
    extra: undefined,
  });
});

test('every file of descriptors that an application names is there', () => {
  const folder = join(import.meta.dirname, '../../descriptors');
  for (const [, , application] of RECORDINGS) {
    const { transactions } = applicationNamed(application);
    if (transactions.encoding === 'amino') throw new TypeError('expected protobuf');
    expect(
      transactions.descriptors.flat().filter((file) => !existsSync(join(folder, `${file}.binpb.gz`))),
    ).toEqual([]);
  }
});
