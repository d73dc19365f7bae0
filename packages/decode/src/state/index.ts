export { createStateDecoder, stateLayouts } from './decoder.ts';
export { stateEraOf } from './eras/index.ts';
