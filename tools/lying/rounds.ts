/** Reads ranges of chains through endpoints of which some lie, and counts the outcomes. */
import { basename, join } from 'node:path';
import { BaleenError } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { openBlocks } from '@baleen/pipeline';
import { sourceAt } from '@baleen/source';
import { fixture, type ReplayServer, replayRpc } from '@baleen/testing';
import { createLiar, createRandom, type FaultKind, type Liar } from './faults.ts';
import { readTruth, type Truth } from './truth.ts';

/** Folders of the bundled chains. */
const BUNDLED = [fixture('terra-columbus4-devnet'), fixture('terra-columbus5-devnet')];
/** Heights read in one round. */
const STRETCH = 24;
/** Share of a lying endpoint's answers that are wrong. */
const SHARE = 0.35;
const OPENINGS = 20;
/** Options with which a liar is left alone for milliseconds; with minutes, as in production, it would be caught once per round. */
const HASTY = { retryMs: 0.02, timeoutMs: 400 };

/** A setup of endpoints, and the outcome that it must have. */
interface Setting {
  readonly name: string;
  readonly liars: number;
  readonly honest: number;
  readonly crossCheck: boolean;
  /** True if all blocks must be read; false if the round may end with a report. */
  readonly mustEnd: boolean;
}

const SETTINGS: readonly Setting[] = [
  { name: 'one of two lies', liars: 1, honest: 1, crossCheck: false, mustEnd: true },
  { name: 'one of two lies, --cross-check', liars: 1, honest: 1, crossCheck: true, mustEnd: false },
  { name: 'one of three lies, --cross-check', liars: 1, honest: 2, crossCheck: true, mustEnd: true },
  { name: 'both of two lie', liars: 2, honest: 0, crossCheck: false, mustEnd: false },
];

export interface Outcome {
  readonly setting: string;
  rounds: number;
  faults: number;
  /** Blocks that were read, and those of them that were not so in what hashes cover. */
  blocks: number;
  wrong: number;
  /** Blocks that were not so in what no hash covers; with a cross-check: undetected. */
  wrongElsewhere: number;
  /** Rounds that came to the end, that ended with a report naming an endpoint, and that ended in another way. */
  ended: number;
  reported: number;
  unclear: number;
  /** Openings that were refused with a report, and done again. */
  refusedOpenings: number;
}

export interface Tally {
  readonly outcomes: readonly Outcome[];
  readonly kinds: Readonly<Record<FaultKind, number>>;
  readonly faults: number;
  /** Outcomes that must not happen, in words. */
  readonly failures: readonly string[];
}

interface Chain {
  readonly name: string;
  readonly truth: Truth;
  readonly liars: readonly Liar[];
  readonly nodes: { readonly lying: readonly ReplayServer[]; readonly honest: readonly ReplayServer[] };
}

/** Runs rounds until that many answers were wrong.
 * @param folders  recorded chains: each has `rpc.jsonl.gz`, and `data` or `data.tar.gz` */
export async function runRounds(
  most: number,
  seed: number,
  tell: (line: string) => void,
  folders: readonly string[] = BUNDLED,
): Promise<Tally> {
  const outcomes = SETTINGS.map(({ name }) => newOutcome(name));
  const failures: string[] = [];
  const chains = await Promise.all(folders.map((folder) => openChain(folder, seed)));
  const random = createRandom(`${seed} rounds`);
  const total = (): number =>
    chains.flatMap(({ liars }) => liars.map(faultsOf)).reduce((sum, each) => sum + each, 0);
  try {
    for (let round = 0; total() < most; round++) {
      const chain = chains[round % chains.length]!;
      const at = Math.floor(round / chains.length) % SETTINGS.length;
      const before = failures.length;
      await playRound(chain, SETTINGS[at]!, outcomes[at]!, random, failures);
      for (const failure of failures.slice(before)) tell(`failure: ${failure}`);
      if (round % 50 === 49) tell(`${round + 1} rounds, ${total()} faults, ${failures.length} failures`);
    }
  } finally {
    for (const { nodes } of chains) for (const node of [...nodes.lying, ...nodes.honest]) await node.close();
  }
  return { outcomes, kinds: sumKinds(chains), faults: total(), failures };
}

const newOutcome = (setting: string): Outcome => ({
  ...{ setting, rounds: 0, faults: 0, blocks: 0, wrong: 0, wrongElsewhere: 0 },
  ...{ ended: 0, reported: 0, unclear: 0, refusedOpenings: 0 },
});

const faultsOf = ({ counts }: Liar): number => Object.values(counts).reduce((sum, each) => sum + each, 0);

async function openChain(folder: string, seed: number): Promise<Chain> {
  const name = basename(folder);
  const file = [join(folder, 'rpc.jsonl.gz')];
  const liars = [1, 2].map((index) => createLiar(`${name} ${index}`, seed, SHARE));
  const lying = await Promise.all(liars.map(({ fault }) => replayRpc(file, { fault })));
  const honest = await Promise.all([1, 2].map(() => replayRpc(file)));
  return { name, truth: await readTruth(folder), liars, nodes: { lying, honest } };
}

async function playRound(
  chain: Chain,
  setting: Setting,
  outcome: Outcome,
  random: () => number,
  failures: string[],
): Promise<void> {
  const from = 1 + Math.floor(random() * (chain.truth.heights - STRETCH));
  const { lying, honest } = chain.nodes;
  const nodes = [...lying.slice(0, setting.liars), ...honest.slice(0, setting.honest)];
  const before = chain.liars.map(faultsOf).reduce((sum, each) => sum + each, 0);
  const where = `${setting.name}, ${chain.name} ${from}..${from + STRETCH - 1}`;
  outcome.rounds++;
  try {
    using source = await openPatiently(nodes, setting, outcome);
    if (setting.crossCheck) checkGenesis(toHex((await source.genesis()!.summary()).hash), chain.truth);
    for await (const { block, areResultsProved } of source.blocks({ from, to: from + STRETCH - 1 })) {
      const { covered, any } = chain.truth.wrong(block, areResultsProved);
      outcome.blocks++;
      if (covered) outcome.wrong++;
      if (any && !covered) outcome.wrongElsewhere++;
      if (covered || (any && setting.crossCheck)) failures.push(`${where}: block ${block.height} is wrong`);
    }
    outcome.ended++;
  } catch (error) {
    const isClear = error instanceof BaleenError && nodes.some(({ url }) => error.message.includes(url));
    if (isClear) outcome.reported++;
    else outcome.unclear++;
    if (!isClear || setting.mustEnd) failures.push(`${where}: ${(error as Error).stack}`);
  }
  outcome.faults += chain.liars.map(faultsOf).reduce((sum, each) => sum + each, 0) - before;
}

/** Opens the endpoints again after a refusal, as an operator would: of two that disagree nobody can tell which is right. */
async function openPatiently(
  nodes: readonly ReplayServer[],
  { crossCheck }: Setting,
  outcome: Outcome,
): ReturnType<typeof openBlocks> {
  const urls = nodes.map(({ url }) => url);
  for (let opening = 1; ; opening++) {
    try {
      return await openBlocks(sourceAt(...urls), { ...HASTY, crossCheck });
    } catch (error) {
      const isClear = error instanceof BaleenError && urls.some((url) => error.message.includes(url));
      if (!isClear || opening === OPENINGS) throw error;
      outcome.refusedOpenings++;
    }
  }
}

function checkGenesis(found: string, { genesisHash }: Truth): void {
  if (found !== genesisHash) throw new TypeError(`the genesis is not the chain's: ${found}`);
}

function sumKinds(chains: readonly Chain[]): Record<FaultKind, number> {
  const sums: Partial<Record<FaultKind, number>> = {};
  for (const { counts } of chains.flatMap(({ liars }) => liars))
    for (const [kind, count] of Object.entries(counts) as [FaultKind, number][])
      sums[kind] = (sums[kind] ?? 0) + count;
  return sums as Record<FaultKind, number>;
}
