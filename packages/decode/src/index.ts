export { createTxDecoders } from './applications/tx-decoders.ts';
export * from './decode-block.ts';
export {
  type BlockProof,
  type BlockProver,
  createBlockProver,
  type Refuted,
} from './tendermint/check-block.ts';
export { checkHashes, type HashCheck, type HashName, type Neighbours } from './tendermint/check-hashes.ts';
