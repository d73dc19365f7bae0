export * from './block.ts';
export * from './errors.ts';
export * from './range.ts';
export * from './raw-block.ts';
export * from './results.ts';
export * from './text.ts';
export * from './time.ts';
export * from './tx.ts';
