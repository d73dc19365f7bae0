export * from './fixtures.ts';
export * from './block-builder.ts';
export * from './chain-description.ts';
export * from './database.ts';
