/** `npm run build [-- --out FOLDER]`: the command as plain JavaScript, in a tree laid out as the clone is.
 *
 *     node dist/apps/indexer/bin/baleen.js
 *
 * The tree holds the rooms' packages and the files that they read at run time, and no TypeScript. Dependencies of others are
 * found in node_modules beside it or above it. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

/** Read by the program where they lie in the clone: by migrate, by the decoder, by the demo. */
const READ_AT_RUN_TIME = ['migrations', 'packages/decode/descriptors', 'packages/testing/fixtures'];

const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist') } } });
build(resolve(values.out));

function build(out: string): void {
  rmSync(out, { recursive: true, force: true });
  compile(out);
  for (const folder of READ_AT_RUN_TIME) copy(folder, out);
  copy('apps/indexer/bin', out);
  copy('LICENSE', out);
  for (const manifest of globSync('{packages,apps}/*/package.json', { cwd: ROOT })) {
    const room = dirname(manifest);
    if (!existsSync(join(out, room, 'src'))) continue;
    writeFileSync(join(out, manifest), compiledManifest(readFileSync(join(ROOT, manifest), 'utf8')));
    if (room.startsWith('packages/')) link(room, out);
  }
}

function compile(out: string): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', out];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function copy(path: string, out: string): void {
  cpSync(join(ROOT, path), join(out, path), { recursive: true });
}

/** Tests are not built, so what only they need is not named. */
function compiledManifest(text: string): string {
  const { devDependencies: _, ...manifest } = JSON.parse(text.replaceAll('.ts"', '.js"'));
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** `@baleen/store` is the compiled one, not that of the clone above. */
function link(room: string, out: string): void {
  const scope = join(out, 'node_modules/@baleen');
  mkdirSync(scope, { recursive: true });
  symlinkSync(relative(scope, join(out, room)), join(scope, basename(room)), 'dir');
}
