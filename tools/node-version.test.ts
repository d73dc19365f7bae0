import { expect, test } from 'vitest';

test('npm test runs on Node 24 or newer, whatever Node the machine has', () => {
  expect(Number.parseInt(process.versions.node, 10)).toBeGreaterThanOrEqual(24);
});
