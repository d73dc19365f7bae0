/** Compares the facts that no hash covers with the answers of a second endpoint. If the two differ, a third endpoint decides. */
import { BaleenError, type RawRpcBlock } from '@baleen/chain';
import { rpcDifference } from '@baleen/decode/rpc';
import {
  type Candidate,
  type CandidateSource,
  type Endpoint,
  type EndpointPreference,
  type Fact,
  type Pages,
  rawOf,
} from '@baleen/source';
import type { Proved, Prover } from './prover.ts';

/** A fact of a candidate (the answers about one height) that is compared. */
interface Part {
  readonly name: string;
  readonly by: Endpoint;
  /** Asks an endpoint that is not in `except` for the fact; undefined if none of them has it. */
  ask(except: readonly Endpoint[]): Promise<Testimony | undefined>;
}

interface Testimony {
  readonly by: Endpoint;
  /** Returns the candidate with this answer in place of its own. */
  put(candidate: Candidate): Candidate;
}

interface Witness {
  readonly by: Endpoint;
  readonly candidate: Candidate;
  readonly raw: RawRpcBlock;
  /** First difference from the candidate that is checked, in words; undefined if there is none. */
  readonly difference: string | undefined;
}

export class CrossCheck {
  private readonly source: CandidateSource;
  private readonly prover: Prover;
  /** The consensus params that were compared last. As long as they stay in force, they are not compared again. */
  private compared: Fact | undefined;

  constructor(source: CandidateSource, prover: Prover) {
    this.source = source;
    this.prover = prover;
  }

  /** Compares a proved candidate with the answers of other endpoints.
   * @returns the same candidate, or the one in which two of three endpoints agree
   * @param atHand  results from a second endpoint; undefined if they were not asked for yet
   * @throws BaleenError data `SOURCE_DISAGREEMENT`; source `SOURCE_NO_WITNESS` */
  async check(first: Proved, atHand: Fact | undefined, signal: AbortSignal | undefined): Promise<Proved> {
    let proved = first;
    for (const part of this.partsOf(first.candidate, atHand, signal))
      proved = await this.checkPart(proved, part, signal);
    if (proved !== first) this.source.correct(proved.candidate);
    this.compared = proved.candidate.params;
    return proved;
  }

  private partsOf(candidate: Candidate, atHand: Fact | undefined, signal: AbortSignal | undefined): Part[] {
    const { block, results, params, evidence } = candidate;
    const { height } = block.envelope;
    const { facts } = this.source;
    const parts: Part[] = [];
    if (results !== undefined) {
      const ask = (preference: EndpointPreference) => facts.results(height, preference, signal);
      parts.push(partOf('results', results.by, ask, (on, fact) => ({ ...on, results: fact }), atHand));
    }
    if (params !== undefined && params !== this.compared) {
      const ask = (preference: EndpointPreference) => facts.consensusParams(height, preference, signal);
      parts.push(partOf('consensus params', params.by, ask, (on, fact) => ({ ...on, params: fact })));
    }
    for (const { height: at, by } of evidence) {
      const ask = (preference: EndpointPreference) => facts.validatorsAnew(at, preference, signal);
      const put = (on: Candidate, pages: Pages): Candidate => ({
        ...on,
        evidence: on.evidence.map((each) => (each.height === at ? { ...pages, height: at } : each)),
      });
      parts.push(partOf(`validators at ${at}`, by, ask, put));
    }
    return parts;
  }

  private async checkPart(proved: Proved, part: Part, signal: AbortSignal | undefined): Promise<Proved> {
    const asked = [part.by];
    const second = await this.witness(proved, part, asked, signal);
    if (second.difference === undefined) return proved;
    const { height } = proved.block;
    const told = `${part.name}: ${part.by.address} and ${second.by.address} differ: ${second.difference}`;
    const third = await this.third(proved, part, asked, told, signal);
    if (third !== undefined && third.difference === undefined) {
      this.source.penalise(second.by, `cross-check block ${height}: ${told}; ${third.by.address} decided`);
      return proved;
    }
    if (third !== undefined && rpcDifference(second.raw, third.raw) === undefined) {
      this.source.penalise(part.by, `cross-check block ${height}: ${told}; ${third.by.address} decided`);
      return this.prover.prove(second.candidate);
    }
    throw new BaleenError(
      'data',
      'SOURCE_DISAGREEMENT',
      `cross-check block ${height}: ${told}; ${third === undefined ? 'name a third endpoint to decide' : `${third.by.address} has yet another`}`,
      { height },
    );
  }

  /** Asks a third endpoint.
   * @returns undefined if there is no third endpoint whose answer can be proved
   * @throws BaleenError of kind source, `SOURCE_NO_WITNESS`: there is a third endpoint, but it can't be asked now */
  private async third(
    proved: Proved,
    part: Part,
    asked: Endpoint[],
    told: string,
    signal: AbortSignal | undefined,
  ): Promise<Witness | undefined> {
    try {
      return await this.witness(proved, part, asked, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof BaleenError)) throw error;
      const isLeft = this.source.endpoints.some(
        (each) => each.refused === undefined && !asked.includes(each),
      );
      if (isLeft)
        throw new BaleenError('source', 'SOURCE_NO_WITNESS', `${error.message}; it has to decide: ${told}`, {
          cause: error,
        });
      return undefined;
    }
  }

  /** Asks one more endpoint. An answer that hashes refute does not count, and the next endpoint is asked.
   * @param asked  list to which the endpoints that were asked are added */
  private async witness(
    { candidate: checked, raw: checkedRaw, block: { height } }: Proved,
    part: Part,
    asked: Endpoint[],
    signal: AbortSignal | undefined,
  ): Promise<Witness> {
    for (;;) {
      const testimony = await part.ask(asked).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error instanceof BaleenError ? noWitness(height, part, error.message) : error;
      });
      if (testimony === undefined) throw noWitness(height, part, 'no other has them');
      const { by } = testimony;
      asked.push(by);
      try {
        const candidate = testimony.put(checked);
        const raw = rawOf(candidate, this.source.info);
        const difference = rpcDifference(checkedRaw, raw);
        if (difference !== undefined) this.prover.prove(candidate);
        return { by, candidate, raw, difference };
      } catch (error) {
        if (!(error instanceof BaleenError) || error.kind !== 'data') throw error;
        if (await this.source.isSame(by)) this.source.penalise(by, error.message);
      }
    }
  }
}

function partOf<Value extends { readonly by: Endpoint }>(
  name: string,
  by: Endpoint,
  ask: (preference: EndpointPreference) => Promise<Value | undefined>,
  put: (candidate: Candidate, value: Value) => Candidate,
  atHand?: Value,
): Part {
  return {
    name,
    by,
    async ask(except) {
      const isAtHand = atHand !== undefined && !except.includes(atHand.by);
      const value = isAtHand ? atHand : await ask({ except });
      return value && { by: value.by, put: (candidate) => put(candidate, value) };
    },
  };
}

const noWitness = (height: number, { name, by }: Part, why: string): BaleenError =>
  new BaleenError(
    'source',
    'SOURCE_NO_WITNESS',
    `cross-check block ${height}: ${name}: expected an endpoint beside ${by.address} that has them, found none: ${why}`,
  );
