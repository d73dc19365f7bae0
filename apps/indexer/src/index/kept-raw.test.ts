import { baleen, createDatabase, fixtureData } from '@baleen/testing';
import { expect, test } from 'vitest';
import { keptRawLine } from './kept-raw.ts';

test('the last line of index names the messages that nothing here can read', () => {
  const names = ['/osmosis.gamm.v1beta1.MsgSwap', '/a.b.MsgC', '/a.b.MsgD', '/a.b.MsgE'];
  expect(
    keptRawLine('osmosis-1', [
      { kind: 'message', things: 1200, names },
      { kind: 'tx', things: 2, names: [''] },
    ]),
  ).toBe(
    'osmosis-1: kept raw: 1,200 messages of /osmosis.gamm.v1beta1.MsgSwap, /a.b.MsgC, /a.b.MsgD and 1 more; 2 txs; ' +
      'baleen sql "select * from undecoded" names all of it',
  );
});

test('where everything is decoded there is no such line', () =>
  expect(keptRawLine('columbus-5', [])).toBeUndefined());

test('index says it last, and ends with exit code 0', async () => {
  const database = await createDatabase({ holding: 'terra-columbus4-devnet' });
  await database.query(
    `insert into baleen_store.undecoded (chain_id, kind, name, things, first_height, last_height)
     values ('devnet-col4-a', 'message', '/a.b.MsgC', 3, 5, 7)`,
  );
  const { code, stderr } = await baleen(
    ['index', fixtureData('terra-columbus4-devnet'), '--no-state', '--quiet'],
    { DATABASE_URL: database.url },
  );
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
    /^devnet-col4-a: kept raw: 3 messages of \/a\.b\.MsgC; baleen sql /,
  );
  expect(code).toBe(0);
  await database.drop();
});
