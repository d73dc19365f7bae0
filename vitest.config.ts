import { availableParallelism } from 'node:os';
import { matchesGlob } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take the process, servers or many seconds for themselves, the slowest first. */
const PROCESS = [
  'tools/parity/**/parity.test.ts',
  'packages/jobs/**/worker.test.ts',
  'tools/postgres-says-no.test.ts',
  'packages/store/**/users-objects.test.ts',
  'packages/store/**/filters.test.ts',
  'tools/fidelity/**/fidelity.test.ts',
  'tools/devnet/**/live-leveldb.test.ts',
  'packages/store/**/embedded.test.ts',
  'apps/indexer/**/jobs.test.ts',
  'apps/indexer/**/compare.test.ts',
  'tools/follow/**/follow.test.ts',
  'tools/lying/**/lying.test.ts',
  'tools/fidelity/**/rpc.test.ts',
  'tools/devnet/**/*.test.ts',
  'packages/jobs/**/queues.test.ts',
  'apps/indexer/**/compiled.test.ts',
  'apps/indexer/**/untouched.test.ts',
  'apps/indexer/**/metrics.test.ts',
  'apps/indexer/**/process.test.ts',
  'apps/indexer/**/demo.test.ts',
  // Takes another user's rights for a while, which only a process can.
  'packages/leveldb/**/read-only.test.ts',
];

/** Files of few lines that take many seconds. Vitest would run them last, since it begins with the largest files. */
const SHORT_BUT_SLOW = [
  'packages/pipeline/**/stored-blocks.test.ts',
  'packages/pipeline/**/follow-todays-chains.test.ts',
  'packages/pipeline/**/follow-folder.test.ts',
  'packages/pipeline/**/follow-faults.test.ts',
  'apps/indexer/**/pebble.test.ts',
  'apps/indexer/**/lineage.test.ts',
];

/** Rooms whose tests need neither a database nor a process. */
const UNIT = ['chain', 'codec', 'leveldb', 'iavl', 'decode', 'tables'].map(
  (room) => `packages/${room}/src/**/*.test.ts`,
);

const ALL = [
  'packages/*/src/**/*.test.ts',
  'apps/*/src/**/*.test.ts',
  'tools/**/*.test.ts',
  'bench/**/*.test.ts',
];

/** Slow files begin first, and the many short ones fill what is left. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeIn = (patterns: readonly string[], moduleId: string): number =>
      patterns.findIndex((pattern) => matchesGlob(moduleId, `**/${pattern}`));
    const rankOf = ({ project, moduleId }: TestSpecification): number => {
      if (project.name === 'process') return placeIn(PROCESS, moduleId);
      if (project.name === 'unit') return PROCESS.length + 2;
      return PROCESS.length + (placeIn(SHORT_BUT_SLOW, moduleId) === -1 ? 1 : 0);
    };
    return (await super.sort(files)).sort((one, other) => rankOf(one) - rankOf(other));
  }
}

export default defineConfig({
  test: {
    // They wait for Postgres, for processes and for one another more than they compute.
    maxWorkers: availableParallelism() + 2,
    // Stops a test that hangs. Even on a busy machine no test takes five minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    sequence: { sequencer: SlowestFirst },
    projects: [
      { extends: true, test: { name: 'process', include: PROCESS } },
      {
        extends: true,
        test: { name: 'database', include: ALL, exclude: [...PROCESS, ...UNIT], isolate: false },
      },
      {
        extends: true,
        test: { name: 'unit', include: UNIT, exclude: PROCESS, pool: 'threads', isolate: false },
      },
    ],
  },
});
