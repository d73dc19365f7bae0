/** Compares a recorded directory with its REST answers: loads the state of each recorded height in turn and asks SQL. */
import { createHash } from 'node:crypto';
import { openSource, type SourceInfo, sourceAt } from '@baleen/source';
import { baleen, indexHere, unpack } from '@baleen/testing';
import type pg from 'pg';
import { isGateway, type RestAnswer } from '../../apps/indexer/src/lcd/answer.ts';
import type { Api } from '../../apps/indexer/src/lcd/route.ts';
import { connect } from '../../apps/indexer/src/lcd/sql-answers.ts';
import { type About, blocksToIndex, type HeldHeights, heldHeights, isHeld } from './held-heights.ts';
import { Parity } from './parity.ts';
import { readAnswers } from './recording.ts';

export interface Measured {
  readonly parity: Parity;
  readonly answers: number;
  /** Heights that the directory holds, and what the answers left out for that are about. */
  readonly held: HeldHeights;
  readonly notHeld: readonly About[];
  /** Heights that the directory holds and whose state could not be read, and what was said of them. */
  readonly withoutState: readonly { readonly height: number; readonly reason: string }[];
}

/** @param directory    with the data, or its archive, and `lcd*.jsonl.gz`
 *  @param databaseUrl  of a database that is empty, or holds blocks of this directory
 *  @param name         which data: `data`, `data-killed` */
export async function measure(directory: string, databaseUrl: string, name = 'data'): Promise<Measured> {
  const answers = readAnswers(directory);
  const unpacked = await unpack(directory, name);
  try {
    const info = await describe(unpacked.path);
    const parity = new Parity(legacyApiOf(answers));
    const recordedAt = parity.recordedAt(answers);
    const held = heldHeights(info);
    const groups = split(answers, parity, recordedAt, held);
    await indexHere(unpacked.path, databaseUrl, '--no-state', ...blocksToIndex(recordedAt, held));
    await compareAll(parity, groups.ofBlocks, databaseUrl);
    const withoutState = [];
    for (const [height, group] of Map.groupBy(groups.ofState, (answer) => answer.height)) {
      const reason = await loadState(unpacked.path, height, databaseUrl);
      if (reason === undefined) await compareAll(parity, group, databaseUrl);
      else {
        for (const answer of group) parity.miss(answer);
        withoutState.push({ height, reason });
      }
    }
    return { parity, answers: answers.length, held, notHeld: groups.notHeld, withoutState };
  } finally {
    unpacked.remove();
  }
}

/** The legacy server beside a gateway is that of SDK 0.44; SDK 0.39 has no gateway. */
const legacyApiOf = (answers: readonly RestAnswer[]): Api =>
  answers.some(({ request }) => isGateway(request)) ? 'amino-0.44' : 'amino-0.39';

async function describe(path: string): Promise<SourceInfo> {
  using source = await openSource(sourceAt(path));
  return source.info;
}

interface Groups {
  readonly ofState: readonly RestAnswer[];
  readonly ofBlocks: readonly RestAnswer[];
  readonly notHeld: readonly About[];
}

/** Groups the answers that can be compared, and counts the others: those without a route and those about heights that are not there. */
function split(
  answers: readonly RestAnswer[],
  parity: Parity,
  recordedAt: number,
  held: HeldHeights,
): Groups {
  const groups = { ofState: [], ofBlocks: [], notHeld: [] } as {
    readonly [Name in keyof Groups]: Groups[Name][number][];
  };
  for (const answer of answers) {
    const about = parity.aboutOf(answer, recordedAt);
    if (about === undefined) parity.uncovered.push(answer);
    else if (isHeld(about, held)) (about.of === 'state' ? groups.ofState : groups.ofBlocks).push(answer);
    else {
      parity.leaveOut(answer);
      groups.notHeld.push(about);
    }
  }
  return groups;
}

/** Loads the state of a height; returns the command's error, or undefined if the state is there. */
async function loadState(path: string, height: number, databaseUrl: string): Promise<string | undefined> {
  const args = ['state', path, '--height', `${height}`, '--database', databaseUrl, '--quiet'];
  const { code, stderr } = await baleen(args);
  return code === 0 ? undefined : stderr.trim();
}

async function compareAll(parity: Parity, answers: readonly RestAnswer[], url: string): Promise<void> {
  const client = await connect(url);
  try {
    for (const answer of answers) await parity.compare(planningOnce(client), answer);
  } finally {
    await client.end();
  }
}

/** A connection that names each statement by its text: thousands of answers come of a hundred statements, and PostgreSQL takes
 * longer to plan most of them than to run them. */
const planningOnce = (client: pg.Client): pg.Client =>
  Object.assign(Object.create(client) as pg.Client, {
    query: (text: string, values: unknown[]) =>
      client.query({ name: createHash('md5').update(text).digest('hex'), text, values }),
  });
