/** docs/operating.md and ops/ say what is so: the load on a node is counted, the metrics are those that are served. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openSource } from '@baleen/source';
import {
  baleen,
  createDatabase,
  type FixtureName,
  fixture,
  fixtureData,
  type ReplayServer,
  replayRpc,
} from '@baleen/testing';
import { describe, expect, test } from 'vitest';
import { EXIT } from './cli/exit-codes.ts';
import { metricTable } from './metrics/metric-table.ts';

const ROOT = join(import.meta.dirname, '../../..');
const page = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');

/** Rows of the table that begins with `| first |`, its cells without blanks around. */
function tableOf(first: string): string[][] {
  const lines = page.slice(page.indexOf(`| ${first} |`)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe.each<FixtureName>(['terra-columbus4-devnet', 'terra-columbus5-devnet'])('the load of %s', (name) => {
  test('over RPC is what the page says: each fact once', async () => {
    const database = await createDatabase();
    const node = await replayRpc([fixture(name, 'rpc.jsonl.gz')]);
    const { code, stdout } = await baleen(['index', node.url, '--json'], { DATABASE_URL: database.url });
    expect(code).toBe(0);
    const { heights } = JSON.parse(stdout);
    const pieces = Math.ceil(heights / 200);
    for (const [routes, perBlock, atStart] of tableOf('request')) {
      const paths = [...routes!.matchAll(/`(.+?)`/g)].map(([, path]) => path!);
      const asked = paths.reduce((sum, path) => sum + countOf(node, path), 0);
      const promised = Number(perBlock) * heights + Number(atStart);
      if (paths[0] === '/validators') expect(distinctOf(node, paths[0])).toBeGreaterThan(0.9 * asked);
      else if (paths[0] === '/consensus_params') expect(asked).toBeLessThanOrEqual(promised + 4 + pieces);
      else if (paths[0] === '/block') {
        expect(asked).toBeGreaterThanOrEqual(promised);
        expect(asked).toBeLessThan(promised + pieces);
      } else expect([routes, asked]).toEqual([routes, promised]);
    }
    expect(node.mostAtOnce).toBeLessThanOrEqual(4);
    await node.close();
    await database.drop();
  });

  test.runIf(process.platform === 'linux')(
    'from its directory is no more than its databases once, and nothing is written to a disk (needs Linux)',
    async () => {
      const path = fixtureData(name);
      // Code is loaded by then.
      (await openSource({ kind: 'leveldb', path })).close();
      const before = threadIo();
      using source = await openSource({ kind: 'leveldb', path });
      let blocks = 0;
      for await (const _ of source.read({ from: source.info.base, to: source.info.head })) blocks++;
      const after = threadIo();
      expect(blocks).toBe(source.info.head);
      const toTellApplication = logBytes(join(path, 'application.db'));
      expect(after.rchar! - before.rchar!).toBeLessThan(
        1.1 * (source.info.estimatedBytes! + toTellApplication),
      );
      expect(after.write_bytes! - before.write_bytes!).toBe(0);
    },
  );
});

const logBytes = (folder: string): number =>
  globSync('*.log', { cwd: folder }).reduce((sum, log) => sum + statSync(join(folder, log)).size, 0);

const countOf = ({ routes }: ReplayServer, path: string): number =>
  routes.filter((route) => route.split('?')[0] === path).length;
const distinctOf = ({ routes }: ReplayServer, path: string): number =>
  new Set(routes.filter((route) => route.split('?')[0] === path)).size;

/** Bytes that this thread has read, and written to a disk, so far; wakes of other threads count as writes, too, in wchar. */
function threadIo(): Record<string, number> {
  const lines = readFileSync('/proc/thread-self/io', 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.split(': ')[0], Number(line.split(': ')[1])]));
}

test('the table of metrics is that of the code', () => {
  const rows = tableOf('metric').map((cells) => cells.join(' | '));
  expect(rows).toEqual(
    metricTable.map(
      ({ name, kind, labels, help }) => `\`${name}\` | ${kind} | ${labels.join(', ')} | ${help}`,
    ),
  );
});

test('the table of exit codes is that of the code', () => {
  expect(tableOf('code').map(([code]) => Number(code))).toEqual(Object.values(EXIT).sort((a, b) => a - b));
});

test('alerts and dashboards ask for metrics that there are, and the page explains each alert', () => {
  const names = new Set(metricTable.map(({ name }) => name));
  const files = globSync(['ops/*.yml', 'ops/grafana/dashboards/*.json'], { cwd: ROOT });
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const file of files) {
    const asked = readFileSync(join(ROOT, file), 'utf8').match(/\bbaleen_\w+/g) ?? [];
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
  }
  const alerts = readFileSync(join(ROOT, 'ops/alerts.yml'), 'utf8');
  const named = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  expect(tableOf('alert').map(([name]) => name)).toEqual(named);
});
