export { createTxDecoders } from './applications/tx-decoders.ts';
export * from './decode-block.ts';
export { type CommitCheck, type CommitFault, checkCommit } from './tendermint/check-commit.ts';
export { checkHashes, type HashCheck, type HashName, type Neighbours } from './tendermint/check-hashes.ts';
