/** Messages as REST printed them before ibc-go 7, wasmd 0.40 and SDK 0.47 changed their form. */
import { WireWriter } from '@baleen/codec';
import { describe, expect, test } from 'vitest';
import { createTxDecoders } from './tx-decoders.ts';

const PLACE = { chainId: 'phoenix-1', era: 'tendermint-0.34' } as const;

/** JSON of a message at a height of phoenix-1. */
function valueAt(height: number, type: string, message: Uint8Array): unknown {
  const any = new WireWriter().text(1, `/${type}`).message(2, message).finish();
  const tx = new WireWriter().message(1, new WireWriter().message(1, any).finish()).finish();
  const [found] = createTxDecoders()({ ...PLACE, height }, undefined)(tx, 'terra').messages;
  return found!.value === undefined ? { fields: JSON.parse(found!.fields!) } : JSON.parse(found!.value);
}

const [CORE_20, CORE_22, CORE_23, CORE_25] = [111, 3_000_000, 5_000_000, 9_000_000] as const;

describe('phoenix-1 by height', () => {
  test('a transfer has a memo since ibc-go 3.4', () => {
    const transfer = new WireWriter().text(1, 'transfer').text(2, 'channel-1').finish();
    const at = (height: number) =>
      Object.keys(valueAt(height, 'ibc.applications.transfer.v1.MsgTransfer', transfer) as object);
    expect(at(CORE_20)).not.toContain('memo');
    for (const height of [CORE_22, CORE_23, CORE_25]) expect(at(height)).toContain('memo');
  });

  test('the update of a client has a header up to ibc-go 6, a client_message since', () => {
    const update = new WireWriter().text(1, '07-tendermint-0').text(3, 'terra1signer').finish();
    const at = (height: number) => valueAt(height, 'ibc.core.client.v1.MsgUpdateClient', update);
    for (const height of [CORE_20, CORE_22, CORE_23])
      expect(at(height)).toEqual({ client_id: '07-tendermint-0', header: null, signer: 'terra1signer' });
    expect(at(CORE_25)).toEqual({
      client_id: '07-tendermint-0',
      client_message: null,
      signer: 'terra1signer',
    });
  });

  test('a code may name the one address that may instantiate it up to wasmd 0.30, and many since', () => {
    const access = new WireWriter().rawVarint(0x08).rawVarint(2).text(2, 'terra1only').finish();
    const store = new WireWriter().text(1, 'terra1sender').message(5, access).finish();
    const at = (height: number) =>
      (valueAt(height, 'cosmwasm.wasm.v1.MsgStoreCode', store) as { instantiate_permission: unknown })
        .instantiate_permission;
    expect(at(CORE_20)).toEqual({ permission: 'OnlyAddress', address: 'terra1only' });
    expect(at(CORE_23)).toEqual({ permission: 'OnlyAddress', address: 'terra1only', addresses: [] });
  });

  test('a proposal of gov v1 has a title and a summary since SDK 0.47', () => {
    const submit = new WireWriter().text(3, 'terra1proposer').finish();
    const at = (height: number) =>
      Object.keys(valueAt(height, 'cosmos.gov.v1.MsgSubmitProposal', submit) as object);
    expect(at(CORE_23)).toEqual(['messages', 'initial_deposit', 'proposer', 'metadata']);
    expect(at(CORE_25)).toContain('title');
  });

  test('what came with a later version is read by that one', () => {
    const mint = new WireWriter().text(1, 'terra1sender').finish();
    expect(valueAt(CORE_20, 'osmosis.tokenfactory.v1beta1.MsgMint', mint)).toMatchObject({
      sender: 'terra1sender',
    });
  });
});
