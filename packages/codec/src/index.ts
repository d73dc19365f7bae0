export * from './utf8.ts';
export * from './wire.ts';
