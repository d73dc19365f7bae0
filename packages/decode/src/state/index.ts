export { createStateDecoder, stateLayouts } from './decoder.ts';
export { type DoubtfulStore, doubtfulStores } from './doubtful-stores.ts';
export { recogniseState } from './recognise.ts';
