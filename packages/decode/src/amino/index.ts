export * from './std-tx.ts';
