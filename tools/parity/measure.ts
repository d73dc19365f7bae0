/** A recorded directory: its state at each recorded height in a database of its own, beside what REST had answered. */
import { spawnSync } from 'node:child_process';
import { stateEraOf } from '@baleen/decode/state';
import { openSource } from '@baleen/source';
import { BALEEN, indexChain } from '../fidelity/index-chain.ts';
import { unpack } from '../fidelity/unpack.ts';
import { connect } from './client.ts';
import { Parity } from './compare.ts';
import { type RecordedAnswer, readAnswers } from './recording.ts';
import type { Api } from './route.ts';
import { routes } from './routes/index.ts';

const LEGACY = { 'sdk-0.39': 'amino-0.39', 'sdk-0.44': 'amino-0.44' } as const;

export interface Measured {
  readonly parity: Parity;
  readonly answers: number;
  /** Heights whose state the directory does not have, and what was said of them. */
  readonly withoutState: readonly { readonly height: number; readonly reason: string }[];
}

/** @param directory    with `data` or `data.tar.gz`, and `lcd*.jsonl.gz`
 *  @param databaseUrl  of an empty database */
export async function measure(directory: string, databaseUrl: string): Promise<Measured> {
  const answers = readAnswers(directory);
  const unpacked = await unpack(directory, 'data');
  try {
    const parity = new Parity(routes, await legacyApi(unpacked.path));
    await indexChain(unpacked.path, databaseUrl, ['--no-state']);
    const withoutState = [];
    const [ofState, ofBlocks] = split(answers, parity);
    await compareAll(parity, ofBlocks, databaseUrl);
    for (const [height, group] of Map.groupBy(ofState, (answer) => answer.height)) {
      const reason = loadState(unpacked.path, height, databaseUrl);
      if (reason === undefined) await compareAll(parity, group, databaseUrl);
      else withoutState.push({ height, reason });
    }
    return { parity, answers: answers.length, withoutState };
  } finally {
    unpacked.remove();
  }
}

async function legacyApi(path: string): Promise<Api> {
  const source = await openSource(path);
  try {
    return LEGACY[stateEraOf(source.info.era)];
  } finally {
    await source.close();
  }
}

/** The answers that routes cover: about state, and about blocks; all others are told at once. */
function split(answers: readonly RecordedAnswer[], parity: Parity): [RecordedAnswer[], RecordedAnswer[]] {
  const groups = Map.groupBy(answers, (answer) => parity.subjectOf(answer) ?? 'nothing');
  parity.uncovered.push(...(groups.get('nothing') ?? []));
  return [groups.get('state') ?? [], groups.get('blocks') ?? []];
}

/** What went wrong; undefined: the state is there. */
function loadState(path: string, height: number, databaseUrl: string): string | undefined {
  const args = [BALEEN, 'state', path, '--height', `${height}`, '--database', databaseUrl, '--quiet'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? undefined : stderr.trim();
}

async function compareAll(parity: Parity, answers: readonly RecordedAnswer[], url: string): Promise<void> {
  const client = await connect(url);
  try {
    for (const answer of answers) await parity.compare(client, answer);
  } finally {
    await client.end();
  }
}
