import { expect, test } from 'vitest';
import { runRounds } from './rounds.ts';

test('200 faults of lying endpoints: no wrong block in what hashes cover, none undetected under a cross-check', async () => {
  const { outcomes, faults, failures } = await runRounds(200, 1, () => undefined);
  expect(failures).toEqual([]);
  expect(faults).toBeGreaterThanOrEqual(200);
  for (const { rounds, blocks, wrong, unclear } of outcomes) {
    expect(rounds).toBeGreaterThan(0);
    expect(blocks).toBeGreaterThan(0);
    expect({ wrong, unclear }).toEqual({ wrong: 0, unclear: 0 });
  }
});
