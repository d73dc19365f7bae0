export * from './block-builder.ts';
export * from './chain-description.ts';
export * from './database.ts';
export * from './fixtures.ts';
export * from './level-db.ts';
export * from './redis.ts';
export * from './replay-node.ts';
export * from './replay-rpc.ts';
