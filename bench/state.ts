/** `npm run bench:state [-- --leaves 1000000]`: states into PostgreSQL, each by a process of its own, and `pending_rewards` there.
 *
 * Of the fixtures the newest, and a synthetic one of balances as SDK 0.44 keeps them. Written twice: the second time it takes the
 * place of another one. Writes a section of docs/performance.md. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { StateEraName } from '@baleen/chain';
import { readState, type StateReport } from '@baleen/pipeline';
import { openState, sourceAt } from '@baleen/source';
import { openStore, type Store } from '@baleen/store';
import { describeChain, fixtureData, openServer, temporaryFolder, withDatabase } from '@baleen/testing';
import { stateEntries, writeEntries } from '../packages/iavl/test/make-state.ts';
import { REWARDS_HEAD, rewardsRow } from './rewards.ts';
import { loadText, writeSection } from './sections.ts';

interface Imported {
  readonly leaves: number;
  readonly rows: number;
  readonly unknown: number;
  /** Of the first and of the second writing. */
  readonly seconds: readonly [number, number];
  readonly peakRssBytes: number;
}

/** As the command `baleen` sets them. */
const V8_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=30'];
const SYNTHETIC_CHAIN = 'synthetic-1';

const { values } = parseArgs({
  options: {
    leaves: { type: 'string', default: '1000000' },
    path: { type: 'string', default: '' },
    era: { type: 'string', default: '' },
    url: { type: 'string' },
  },
});
async function compare(leaves: number): Promise<void> {
  const load = loadavg()[0] ?? 0;
  const server = await openServer(undefined);
  try {
    const rows = [
      await row('terra-columbus4-devnet', fixtureData('terra-columbus4-devnet'), 'sdk-0.39', server.url),
      await row('terra-columbus5-devnet', fixtureData('terra-columbus5-devnet'), 'sdk-0.44', server.url),
      await row(`synthetic, ${leaves} balances`, await writeSynthetic(leaves), 'sdk-0.44', server.url),
    ];
    const rewards = [];
    for (const denoms of [3, 20])
      rewards.push(await rewardsRow(server.url, { delegations: 100_000, validators: 130, denoms }));
    writeSection('Application state in PostgreSQL', stateText(leaves, load, rows, rewards));
  } finally {
    await server.stop();
  }
}

const stateText = (
  leaves: number,
  load: number,
  rows: readonly string[],
  rewards: readonly string[],
): string => `Written by \`npm run bench:state -- --leaves ${leaves}\` ${loadText(load)}.

\`baleen state\` into an empty database, and once more in place of another state, in one transaction each; every leaf is proved by the
app hash on the way. The goal for memory is 400 MB, whatever the state's size.

| state | leaves | rows | kept raw | first, s | replaced, s | leaves/s | peak RSS, MB |
|---|--:|--:|--:|--:|--:|--:|--:|
${rows.join('\n')}

\`pending_rewards\` of a synthetic chain: each delegation began in a period of its own, ten validators were slashed twice. Of one
delegator (two delegations): from sending the question to having the answer, planning included. Goals: 5 s and 10 ms.

${REWARDS_HEAD}
${rewards.join('\n')}
`;

const row = (name: string, path: string, era: StateEraName, serverUrl: string): Promise<string> =>
  withDatabase(serverUrl, async (url) => {
    const args = ['--path', path, '--era', era, '--url', url];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...V8_FLAGS, import.meta.filename, ...args],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`import ${path}: ${stderr}`);
    const { leaves, rows, unknown, seconds, peakRssBytes } = JSON.parse(stdout) as Imported;
    const cells = [
      ...[name, leaves, rows, unknown],
      ...seconds.map((each) => each.toFixed(1)),
      ...[Math.round(leaves / seconds[0]), (peakRssBytes / 1e6).toFixed(0)],
    ];
    console.error(`${name}: ${seconds[0].toFixed(1)} s`);
    return `| ${cells.join(' | ')} |`;
  });

async function importTwice(path: string, era: string, url: string): Promise<Imported> {
  using state = openState(path);
  const { chainId = SYNTHETIC_CHAIN } = state.info;
  const store = await openStore(url);
  try {
    await store.migrate();
    await store.prepareChain(describeChain(chainId, { wanted: undefined }));
    const options = { source: sourceAt(path), chainId, era: era as StateEraName, prefix: 'terra', store };
    const first = await timed(() => readState(options));
    // Another height stands there, so that the same state is read again.
    await forget(store);
    const second = await timed(() => readState(options));
    const { stores } = first.report;
    return {
      leaves: first.report.leaves,
      rows: stores.reduce((sum, { rows }) => sum + rows, 0),
      unknown: stores.reduce((sum, { unknown }) => sum + unknown, 0),
      seconds: [first.seconds, second.seconds],
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    await store.close();
  }
}

const forget = (store: Store): Promise<unknown> => store.query('update baleen_store.states set height = 0');

async function timed(work: () => Promise<StateReport>): Promise<{ report: StateReport; seconds: number }> {
  const start = performance.now();
  const report = await work();
  if (report.outcome !== 'written') throw new Error(`the state was not written: ${report.outcome}`);
  return { report, seconds: (performance.now() - start) / 1000 };
}

async function writeSynthetic(count: number): Promise<string> {
  const folder = temporaryFolder('bench-state');
  mkdirSync(join(folder, 'application.db'));
  const store = { name: 'bank', leaves: balances(count), count };
  await writeEntries(join(folder, 'application.db'), stateEntries(1, [store]));
  return folder;
}

/** 0x02 · length · address · denom, in order, and a coin. */
function* balances(count: number): Generator<readonly [Uint8Array, Uint8Array]> {
  for (let index = 0; index < count; index++) {
    const address = createHash('sha256').update(`${index}`).digest().subarray(0, 20);
    address.writeUInt32BE(index, 0);
    const amount = Buffer.from(`${(BigInt(index) * 7_919n * 1_000_003n) % 1_000_000_000_000n}`);
    const coin = Buffer.concat([
      Buffer.from('\x0a\x05uluna\x12', 'latin1'),
      Buffer.of(amount.length),
      amount,
    ]);
    yield [Buffer.concat([Buffer.of(0x02, 20), address, Buffer.from('uluna')]), coin];
  }
}

if (values.url !== undefined)
  console.log(JSON.stringify(await importTwice(values.path, values.era, values.url)));
else await compare(Number(values.leaves));
