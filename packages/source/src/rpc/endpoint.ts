/** One endpoint of a pool: how to ask it, what it keeps, and whether it is asked now. */
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
  /** undefined: it has no results. */
  readonly resultsBase: number | undefined;
  readonly resultsHead: number | undefined;
}

/** What an endpoint says of itself. */
export interface EndpointDescription extends Keeps {
  readonly chainId: string;
  readonly era: EraName;
  /** `0.34.14`; a hint only, and empty where the node names none. */
  readonly nodeVersion: string;
  /** Of the node, hexadecimal; undefined: it is not told. */
  readonly nodeId: string | undefined;
  /** Routes that the endpoint answers nobody: `/validators`, `/consensus_params`. */
  readonly denied: readonly string[];
  /** What is less than whole, in words. */
  readonly notes: readonly string[];
}

export interface Endpoint {
  readonly address: string;
  readonly transport: Transport;
  readonly breaker: Breaker;
  /** undefined: it has not answered yet. */
  described: EndpointDescription | undefined;
  /** Why it is never asked: it is of another chain. */
  refused: string | undefined;
  /** Whether several nodes stand behind the address, of which some have what others don't. */
  isMixed: boolean;
  /** Whether the gateway keeps the status to itself: then the newest block tells the head. */
  hasNoStatus: boolean;
  /** Wait before the first repeat of a failed request, in milliseconds. */
  readonly retryMs: number;
  /** How an answer writes the attributes of events. */
  attributesOf(results: unknown): AttributeForm;
  /** Remembers a question that was answered.
   * @param askedAt  on `performance.now()`'s clock */
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

/** Whether a height is above what it last said: it may have come to it since. */
export const isAbove = ({ described }: Endpoint, height: number): boolean =>
  described !== undefined && described.head < height;
