import { describe, expect, test } from 'vitest';
import { createModuleFinder } from './module-finder.ts';

const DOCUMENT = JSON.stringify({
  genesis_time: '2026-01-01T00:00:00Z',
  validators: [{ name: 'app_state', power: { bank: 1 } }],
  app_state: {
    auth: { params: { bank: 'not a module' }, accounts: [{ gov: {} }] },
    '07-tendermint': null,
    'wasm"x': 'a \\ and a " and a { in a text',
    treasury: [],
  },
  consensus_params: { block: {} },
});

describe('createModuleFinder', () => {
  test('names the keys of app_state and of nothing else, wherever the text is cut', () => {
    const bytes = Buffer.from(DOCUMENT);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const finder = createModuleFinder();
      const early = finder.push(bytes.subarray(0, cut));
      expect(early ?? finder.push(bytes.subarray(cut))).toEqual([
        'auth',
        '07-tendermint',
        'wasmx',
        'treasury',
      ]);
    }
  });

  test('says nothing before app_state was read whole', () => {
    const end = DOCUMENT.indexOf('"treasury"');
    expect(createModuleFinder().push(Buffer.from(DOCUMENT.slice(0, end)))).toBeUndefined();
    expect(createModuleFinder().push(Buffer.from('{"chain_id":"a"}'))).toBeUndefined();
  });
});
