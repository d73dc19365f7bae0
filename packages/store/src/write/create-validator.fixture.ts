import type { Block } from '@baleen/chain';

/** The block with a tx that makes validator `index` of the built set one of `operator`. */
export function withCreateValidator(block: Block, index: number, operator: string): Block {
  const [first, ...others] = block.txs;
  const content = first!.content!;
  // The built set's addresses are hashes of such names, so a name stands for the key.
  const key = Buffer.from(`${block.chainId}/validator/${index}`).toString('base64');
  const message = {
    ...content.messages[0]!,
    index: 1,
    type: '/cosmos.staking.v1beta1.MsgCreateValidator',
    name: 'staking.MsgCreateValidator',
    value: JSON.stringify({
      validator_address: operator,
      pubkey: { '@type': '/cosmos.crypto.ed25519.PubKey', key },
    }),
  };
  return {
    ...block,
    txs: [{ ...first!, content: { ...content, messages: [...content.messages, message] } }, ...others],
  };
}
