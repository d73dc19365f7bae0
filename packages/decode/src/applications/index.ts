/** The applications whose txs and stores are known, and which of them a chain runs. */
export { countMessages } from '../protobuf/descriptor-set.ts';
export type { Application } from './application.ts';
export * from './choose-applications.ts';
export { listMessages } from './listed-messages.ts';
export * from './table.ts';
