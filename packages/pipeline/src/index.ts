export * from './index-source.ts';
export { countHeights } from './split-ranges.ts';
