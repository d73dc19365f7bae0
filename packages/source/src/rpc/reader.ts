/** Fetches the facts of a height from the endpoints, and puts them together as a candidate. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';
import { dataError } from '../errors.ts';
import type { SourceInfo } from '../source-info.ts';
import type { Candidate, NextHeader } from './candidate.ts';
import { type Endpoint, keepsBlock, keepsResults } from './endpoint.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import {
  type BlockFact,
  createFacts,
  type EndpointPreference,
  type Fact,
  type Facts,
  type Pages,
} from './facts.ts';
import type { HeadTracker } from './head-tracker.ts';
import { createParamsInForce } from './params-in-force.ts';

/** Milliseconds between two requests for results that the node does not have yet. */
const FIRST_RESULTS_WAIT_MS = 5;
const LONGEST_RESULTS_WAIT_MS = 250;

/** The facts of a height that are fetched ahead of the reader. */
export interface Fetched {
  readonly block: BlockFact;
  readonly results: Fact | undefined;
  /** The results from a second endpoint, for comparison; undefined if they were not asked for or no other endpoint has them. */
  readonly witness: Fact | undefined;
  readonly validators: Pages | undefined;
  readonly bytes: number;
}

export class Reader {
  readonly facts: Facts;
  private readonly pool: EndpointPool;
  private readonly info: SourceInfo;
  private readonly isCrossChecked: boolean;
  private readonly tracker: HeadTracker;
  private readonly params = createParamsInForce();
  /** The block above the range that was read. It was fetched to prove the results below it, and is kept until it is read itself. */
  private above: { readonly height: number; readonly block: Promise<BlockFact> } | undefined;
  /** The newest block. It is fetched when it is announced, and kept until it is read. */
  private shown: { readonly height: number; readonly fetched: Promise<Fetched> } | undefined;

  constructor(pool: EndpointPool, info: SourceInfo, isCrossChecked: boolean, tracker: HeadTracker) {
    this.pool = pool;
    this.info = info;
    this.isCrossChecked = isCrossChecked;
    this.tracker = tracker;
    this.facts = createFacts(pool, (height, block, by) => this.envelopeOf(height, block, by));
  }

  fetch(height: number, signal: AbortSignal): Promise<Fetched> {
    const { shown } = this;
    if (shown?.height !== height) return this.fetchAnew(height, signal);
    this.shown = undefined;
    return shown.fetched.catch(() => this.fetchAnew(height, signal));
  }

  /** Begins to fetch a height that an endpoint has announced, before it is read.
   * @returns false if the endpoint that announced the block says that it does not have it */
  async show(height: number, signal: AbortSignal): Promise<boolean> {
    const preference = this.preferenceFor(height);
    const block = this.block(height, preference, signal);
    const fetched = this.complete(height, block, preference, signal);
    this.shown = { height, fetched };
    fetched.catch(() => undefined);
    const failure = await block.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(failure instanceof BaleenError) || failure.code !== 'SOURCE_MISSING') return true;
    this.shown = undefined;
    return false;
  }

  private preferenceFor(height: number): EndpointPreference {
    return { prefer: this.pool.choose((endpoint) => keepsBlock(endpoint, height)) };
  }

  private fetchAnew(height: number, signal: AbortSignal): Promise<Fetched> {
    const preference = this.preferenceFor(height);
    return this.complete(height, this.block(height, preference, signal), preference, signal);
  }

  private async complete(
    height: number,
    asked: Promise<BlockFact>,
    preference: EndpointPreference,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const results = this.results(height, preference, signal);
    results.catch(() => undefined);
    const block = await asked;
    const validators = await this.facts.validators(block.envelope.validatorsHash, height, preference, signal);
    const { answer, witness } = await results;
    const bytes = block.bytes + (answer?.bytes ?? 0) + (witness?.bytes ?? 0);
    return { block, results: answer, witness, validators, bytes };
  }

  /** Asks for the header above the highest block of a range, which proves that block's results.
   * @returns undefined if no endpoint has it */
  async headerAbove(top: number, signal: AbortSignal): Promise<NextHeader | undefined> {
    const height = top + 1;
    if (!this.pool.endpoints.some((endpoint) => keepsBlock(endpoint, height))) return undefined;
    const block = this.facts.block(height, {}, signal);
    block.catch(() => undefined);
    this.above = { height, block };
    // Without this header the results stay unproved, like those of the head, until the block above is read.
    return orElse(undefined, signal, async () => headerOf(await block));
  }

  /** Fetches what a block needs beside its own answers: the consensus params, and for each evidence the validator set at its height.
   * @param resultsBefore  results of the block below; undefined if they were not fetched */
  async assemble(
    fetched: Fetched,
    next: NextHeader | undefined,
    resultsBefore: unknown,
    signal: AbortSignal,
  ): Promise<Candidate> {
    const { block, results, validators, witness } = fetched;
    const { height, consensusHash } = block.envelope;
    const ask = (at: number): Promise<Fact | undefined> =>
      this.facts.consensusParams(at, { prefer: block.by }, signal);
    const params = await this.params.at(height, consensusHash, resultsBefore, ask);
    const evidence = await evidenceSets(block.envelope, (at) => this.facts.validatorsAt(at, signal));
    return { block, results, validators, evidence, params, next, witness };
  }

  /** Asks the endpoint that answered `block` for all other facts about the height. A fact that it does not have is taken from `old`. */
  async reread(old: Candidate, block: BlockFact, signal: AbortSignal): Promise<Candidate> {
    const { height } = block.envelope;
    const preference = { isFresh: true, except: this.pool.endpoints.filter((each) => each !== block.by) };
    const other = async <Value>(value: Value, ask: () => Promise<Value>): Promise<Value> =>
      value === undefined ? value : ((await orElse(value, signal, ask)) ?? value);
    const known = (at: number): Pages | undefined => old.evidence.find((each) => each.height === at);
    return {
      ...{ ...old, block },
      evidence: await evidenceSets(block.envelope, async (at) =>
        orElse(known(at), signal, () => this.facts.validatorsAnew(at, preference, signal)),
      ),
      results: await other(old.results, () => this.facts.results(height, preference, signal)),
      validators: await other(old.validators, () => this.facts.validatorsAnew(height, preference, signal)),
      params: await other(old.params, () => this.facts.consensusParams(height, preference, signal)),
      next: await other(old.next, async () =>
        headerOf(await this.facts.block(height + 1, preference, signal)),
      ),
    };
  }

  /** Replaces remembered validator sets and params by those of a proved candidate. */
  correct({ block: { envelope }, validators, evidence, params }: Candidate): void {
    for (const set of evidence) this.facts.correctAt(set.height, set);
    if (validators !== undefined) this.facts.correct(envelope.validatorsHash, validators);
    if (params !== undefined) this.params.correct(envelope.height, envelope.consensusHash, params);
  }

  private block(height: number, preference: EndpointPreference, signal: AbortSignal): Promise<BlockFact> {
    const { above } = this;
    if (above?.height !== height) return this.facts.block(height, preference, signal);
    this.above = undefined;
    return above.block.catch(() => this.facts.block(height, preference, signal));
  }

  private async results(
    height: number,
    preference: EndpointPreference,
    signal: AbortSignal,
  ): Promise<{ answer: Fact | undefined; witness: Fact | undefined }> {
    const has = (endpoint: Endpoint): boolean => keepsResults(endpoint, height);
    if (!this.pool.endpoints.some(has)) return { answer: undefined, witness: undefined };
    const answer = await this.resultsInTime(height, preference, signal);
    this.tracker.settled(height, answer !== undefined);
    if (answer === undefined || !this.isCrossChecked) return { answer, witness: undefined };
    const second = { except: [answer.by] };
    const witness = await orElse(undefined, signal, () => this.resultsInTime(height, second, signal));
    return { answer, witness };
  }

  /** Asks for the results of a block. If the block is new, it asks again until they come, since a node serves a block before it has
   * executed it. */
  private async resultsInTime(
    height: number,
    preference: EndpointPreference,
    signal: AbortSignal,
  ): Promise<Fact | undefined> {
    for (let waitMs = FIRST_RESULTS_WAIT_MS; ; waitMs = Math.min(LONGEST_RESULTS_WAIT_MS, waitMs * 2)) {
      const mayCome = this.tracker.mayCome(height);
      const answer = await this.facts.results(height, { ...preference, isTentative: mayCome }, signal);
      if (answer !== undefined || !mayCome) return answer;
      await sleep(waitMs, undefined, { signal });
    }
  }

  private envelopeOf(height: number, block: unknown, by: Endpoint): Envelope {
    const context = `read block ${height} from ${by.address}`;
    const envelope = readEnvelope(block, context);
    if (envelope.height !== height)
      throw dataError('SOURCE_CORRUPT', `${context}: expected that block, found block ${envelope.height}`);
    if (envelope.chainId !== this.info.chainId)
      throw dataError(
        'SOURCE_CHAIN_MISMATCH',
        `${context}: expected chain id ${this.info.chainId}, found ${envelope.chainId}`,
      );
    return envelope;
  }
}

export const headerOf = ({ envelope: { lastResultsHash }, by }: BlockFact): NextHeader => ({
  lastResultsHash,
  by,
});

/** Runs `ask`, and returns `value` if it fails with a BaleenError. */
async function orElse<Value>(value: Value, signal: AbortSignal, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BaleenError) return value;
    throw error;
  }
}

async function evidenceSets(
  { evidenceHeights }: Envelope,
  ask: (height: number) => Promise<Pages | undefined>,
): Promise<Candidate['evidence']> {
  const sets = [];
  for (const height of evidenceHeights) {
    const set = await ask(height);
    if (set !== undefined) sets.push({ ...set, height });
  }
  return sets;
}
