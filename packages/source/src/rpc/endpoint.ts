/** One endpoint of a pool: how to send requests to it, which heights it has, and whether it may be asked now. */
import type { EraName } from '@baleen/chain';
import { consensusEras, versionOf } from '@baleen/decode/consensus';
import type { EndpointHealth } from '../source-info.ts';
import { type AttributeForm, attributeFormIn } from './attributes.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { EndpointAddress } from './endpoint-address.ts';
import type { SharedLimit } from './shared-limit.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

const RETRY_MS = 250;

/** Heights that an endpoint has, lowest and highest. */
export interface Keeps {
  readonly base: number;
  readonly head: number;
  /** Lowest height with results; undefined if the endpoint has no results. */
  readonly resultsBase: number | undefined;
  readonly resultsHead: number | undefined;
}

/** What an endpoint says about itself. */
export interface EndpointDescription extends Keeps {
  readonly chainId: string;
  readonly era: EraName;
  /** Version of the node, `0.34.14`. It is only a hint, and empty if the node names none. */
  readonly nodeVersion: string;
  /** Id of the node, hexadecimal; undefined if the endpoint does not tell it. */
  readonly nodeId: string | undefined;
  /** Routes that the endpoint denies to everybody: `/validators`, `/consensus_params`. */
  readonly denied: readonly string[];
  /** Lines for the operator about everything that the endpoint lacks. */
  readonly notes: readonly string[];
}

export interface Endpoint {
  readonly address: string;
  readonly transport: Transport;
  readonly breaker: Breaker;
  /** What the endpoint said about itself; undefined if it has not answered yet. */
  described: EndpointDescription | undefined;
  /** Why the endpoint is never asked, in words: it is of another chain. undefined if it may be asked. */
  refused: string | undefined;
  /** True if there are several nodes behind the address, some of which have what others don't have. */
  isMixed: boolean;
  /** True if the endpoint denies `/status`. Then the head is taken from its newest block. */
  hasNoStatus: boolean;
  /** Wait before the first repeat of a failed request, in milliseconds. */
  readonly retryMs: number;
  /** Returns how the endpoint's answers write the attributes of events. */
  attributesOf(results: unknown): AttributeForm;
  /** Remembers a question that was answered.
   * @param askedAt  when it was asked, on `performance.now()`'s clock */
  answered(route: string, askedAt: number): void;
  /** Remembers that the endpoint has repeated a refusal for this kind of route often enough to be believed. */
  believe(route: string): void;
  /** Returns true if such a refusal was believed, and no refusal of the kind has turned out wrong since. */
  isBelieved(route: string): boolean;
  /** Notes that the endpoint returned what it had just said not to have. So there are several nodes behind the address. */
  hasErred(route: string): void;
  /** Returns the last question of the same kind (`/block_results`) that the endpoint answered; undefined if there was none. */
  answerLike(route: string): AnsweredQuestion | undefined;
}

/** A question that an endpoint has answered, and when it was asked, on `performance.now()`'s clock. */
export interface AnsweredQuestion {
  readonly route: string;
  readonly askedAt: number;
}

/** The error for a request that was waiting for its turn when the endpoint got into trouble. */
export class CircuitOpenError extends Error {}

export function createEndpoint(
  endpoint: EndpointAddress,
  options: TransportOptions,
  limit: SharedLimit,
): Endpoint {
  const { retryMs = RETRY_MS } = options;
  const breaker = createBreaker(retryMs);
  const believed = new Set<string>();
  const lastOfKind = new Map<string, AnsweredQuestion>();
  let attributes: AttributeForm | undefined;
  const mayBegin = (): void => {
    if (breaker.trouble !== undefined) throw new CircuitOpenError(breaker.trouble);
  };
  return {
    address: endpoint.address,
    transport: createTransport(endpoint, options, limit, mayBegin),
    breaker,
    described: undefined,
    refused: undefined,
    isMixed: false,
    hasNoStatus: false,
    retryMs,
    attributesOf(results) {
      const found = attributeFormIn(results);
      attributes = found ?? attributes;
      if (attributes !== undefined || this.described === undefined) return attributes ?? 'base64';
      const { era, nodeVersion } = this.described;
      return consensusEras[era].attributesOf(versionOf(nodeVersion) ?? [0, 0, 0]);
    },
    answered: (route, askedAt) => void lastOfKind.set(kindOf(route), { route, askedAt }),
    believe: (route) => void believed.add(kindOf(route)),
    isBelieved: (route) => believed.has(kindOf(route)),
    hasErred(route) {
      this.isMixed = true;
      believed.delete(kindOf(route));
    },
    answerLike: (route) => lastOfKind.get(kindOf(route)),
  };
}

const kindOf = (route: string): string => route.split('?', 1)[0]!;

export function healthOf({ address, transport, breaker, described, refused }: Endpoint): EndpointHealth {
  return {
    address,
    backend: 'rpc',
    ...transport.counts,
    concurrency: transport.concurrency,
    base: described?.base,
    head: described?.head,
    trouble: refused ?? breaker.trouble,
  };
}

export const keepsBlock = ({ described }: Endpoint, height: number): boolean =>
  described !== undefined && described.base <= height && height <= described.head;

export const keepsResults = ({ described }: Endpoint, height: number): boolean =>
  described?.resultsBase !== undefined &&
  described.resultsHead !== undefined &&
  described.resultsBase <= height &&
  height <= described.resultsHead;

/** Returns true if a height is above the head that the endpoint named last. It may have reached that height since. */
export const isAbove = ({ described }: Endpoint, height: number): boolean =>
  described !== undefined && described.head < height;
