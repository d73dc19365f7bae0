export * from './decode-block.ts';
export * from './tendermint/check-hashes.ts';
