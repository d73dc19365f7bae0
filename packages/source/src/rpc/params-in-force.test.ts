import { expect, test } from 'vitest';
import type { Fact } from './facts.ts';
import { createParamsInForce } from './params-in-force.ts';

const params = (maxGas: string, keyTypes: string[]) => ({
  block_height: '7',
  consensus_params: {
    block: { max_bytes: '100', max_gas: maxGas, time_iota_ms: '10' },
    validator: { pub_key_types: keyTypes },
  },
});
const updates = (update: unknown) => ({ height: '1', consensus_param_updates: update });

test('params are asked for where they may have changed, and are one object where they have not', async () => {
  const asked: number[] = [];
  const answers = new Map<number, unknown>();
  const inForce = createParamsInForce();
  const ask = async (height: number): Promise<Fact> => {
    asked.push(height);
    return { result: answers.get(height) ?? params('-1', ['ed25519']), bytes: 1 } as Fact;
  };
  answers.set(15, params('-1', ['secp256k1']));
  const same = { block: { max_bytes: '100', max_gas: '-1' }, validator: { pub_key_types: ['ed25519'] } };
  const at = (height: number, hash: string, before: unknown) => inForce.at(height, hash, before, ask);
  const first = await at(10, 'A', undefined);
  expect(await at(11, 'A', updates(null))).toBe(first);
  expect(await at(12, 'A', updates(same))).toBe(first);
  // Results that are not there don't tell.
  expect(await at(13, 'A', undefined)).toBe(first);
  // The header's hash does.
  expect(await at(14, 'B', updates(null))).toBe(first);
  expect(await at(15, 'B', updates({ validator: { pub_key_types: ['secp256k1'] } }))).not.toBe(first);
  // Another range.
  await at(30, 'B', updates(null));
  expect(asked).toEqual([10, 13, 14, 15, 30]);
});
