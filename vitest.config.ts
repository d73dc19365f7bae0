import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tools/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many wait for timers of real processes.
    maxWorkers: 3,
    // V8 loses count of its protected code pages when threads come and go: "Check failed: jit_page.has_value()".
    execArgv: ['--no-memory-protection-keys'],
  },
});
