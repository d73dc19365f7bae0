import { shownText, type TxContent } from '@baleen/chain';
import { answerJson, fixture, readJsonLines } from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { createProtobufTxDecoder, plansOf } from './index.ts';

interface ModeJson {
  readonly single?: { readonly mode: string };
  readonly multi?: { readonly bitarray: { elems: string }; readonly mode_infos: readonly ModeJson[] };
}
interface TxJson {
  readonly body: { readonly messages: unknown; readonly memo: string; readonly timeout_height: string };
  readonly auth_info: {
    readonly signer_infos: readonly { public_key: unknown; mode_info: ModeJson; sequence: string }[];
    readonly fee: { readonly amount: unknown; gas_limit: string; payer: string; granter: string };
  };
  readonly signatures: readonly string[];
}

const NAME = 'terra-columbus5-devnet';
const decode = createProtobufTxDecoder([() => plansOf(['terra-columbus5'])]);

/** Bytes of each tx by its hash. */
const txBytes = new Map<string, Buffer>();
for (const answer of readJsonLines(fixture(NAME, 'rpc.jsonl.gz'))) {
  const hash = /^\/tx\?hash=0x([0-9A-F]{64})/.exec(answer.request)?.[1];
  if (hash === undefined) continue;
  const { result } = answerJson(answer) as { result?: { tx: string } };
  if (result !== undefined) txBytes.set(hash, Buffer.from(result.tx, 'base64'));
}

const recorded = readJsonLines(fixture(NAME, 'lcd-txs.jsonl.gz')).flatMap((answer) => {
  const hash = /^\/cosmos\/tx\/v1beta1\/txs\/([0-9A-F]{64})$/.exec(answer.request)?.[1];
  if (hash === undefined) return [];
  const { tx } = answerJson(answer) as { tx: TxJson };
  return [{ hash, raw: txBytes.get(hash)!, tx }];
});

const messagesOf = (content: TxContent): unknown =>
  content.messages
    .filter(({ path }) => path === '')
    .map(({ type, value }) => ({ '@type': shownText(type), ...JSON.parse(value!) }));

const modesOf = (mode: ModeJson): unknown => mode.single?.mode ?? mode.multi?.mode_infos.map(modesOf);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function feeOf({ feeCoins, feeGas, feeGranter }: TxContent): unknown {
  const amount = feeCoins.map((coin) => ({ denom: shownText(coin.denom), amount: String(coin.amount) }));
  return { amount, gas_limit: String(feeGas), granter: feeGranter ?? '' };
}

describe('txs of the columbus-5 devnet', () => {
  test('are 471, with bytes', () => {
    expect(recorded.filter(({ raw }) => raw !== undefined)).toHaveLength(471);
  });

  test('have the messages that the node’s REST printed, member for member in order', () => {
    for (const { hash, raw, tx } of recorded)
      expect(JSON.stringify(messagesOf(decode(raw, 'terra'))), hash).toBe(JSON.stringify(tx.body.messages));
  });

  test('have the memo, timeout, fee, keys, modes, sequences and signatures that the node’s REST printed', () => {
    for (const { hash, raw, tx } of recorded) {
      const content = decode(raw, 'terra');
      const { payer: _, ...fee } = tx.auth_info.fee;
      expect(feeOf(content), hash).toEqual(fee);
      expect([shownText(content.memo), String(content.timeoutHeight)]).toEqual([
        tx.body.memo,
        tx.body.timeout_height,
      ]);
      expect(content.signatures.map(({ signature }) => base64(signature))).toEqual(tx.signatures);
      expect(
        content.signatures.map(({ publicKey, sequence, signMode, members }) => [
          JSON.parse(publicKey ?? 'null'),
          String(sequence),
          signMode ?? members?.map((member) => member.signMode),
        ]),
      ).toEqual(
        tx.auth_info.signer_infos.map((info) => [info.public_key, info.sequence, modesOf(info.mode_info)]),
      );
    }
  });

  test('are signed by the addresses that their messages name, each from its public key', () => {
    let compared = 0;
    for (const { hash, raw, tx } of recorded) {
      const named = JSON.stringify(tx.body.messages);
      for (const { signer } of decode(raw, 'terra').signatures) {
        if (named.includes('terravaloper1') && !named.includes(signer!)) continue;
        expect(named, hash).toContain(signer);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(450);
  });

  test('name the same signers without their public keys, multisigs and operators included', () => {
    for (const { hash, raw } of recorded) {
      const content = decode(raw, 'terra');
      // Without a prefix no address can be made of a key, so that the messages tell who signs.
      const bare = decode(raw, undefined);
      expect(
        bare.signatures.map(({ signer }) => signer),
        hash,
      ).toEqual(content.signatures.map(({ signer }) => signer));
      expect(bare.feePayer).toBe(content.feePayer);
    }
  });

  test('hold 14 messages inside others, each with its path', () => {
    const inner = recorded.flatMap(({ raw }) =>
      decode(raw, 'terra').messages.filter(({ path }) => path !== ''),
    );
    const paths = Map.groupBy(inner, ({ path, name }) => `${path} ${name}`);
    expect(Object.fromEntries([...paths].map(([key, all]) => [key, all.length]))).toMatchInlineSnapshot(`
      {
        "0 authz.MsgExec": 1,
        "0 bank.MsgMultiSend": 1,
        "0 bank.MsgSend": 5,
        "0 distribution.MsgWithdrawDelegatorReward": 1,
        "0 staking.MsgDelegate": 3,
        "0 staking.MsgUndelegate": 1,
        "0.0 bank.MsgSend": 1,
        "1 bank.MsgSend": 1,
      }
    `);
    expect(inner.every(({ value }) => value !== undefined)).toBe(true);
  });

  test('keep 4 multisig signatures as one each, with members', () => {
    const multisigs = recorded
      .flatMap(({ raw }) => decode(raw, 'terra').signatures)
      .filter(({ members }) => members !== undefined);
    expect(multisigs.map(({ members }) => members!.map(({ keyIndex }) => keyIndex))).toMatchInlineSnapshot(`
      [
        [
          0,
          1,
        ],
        [
          0,
          2,
        ],
        [
          0,
          1,
          2,
        ],
        [
          0,
        ],
      ]
    `);
    expect(multisigs.every(({ members }) => members!.every(({ signature }) => signature.length === 64))).toBe(
      true,
    );
  });
});
