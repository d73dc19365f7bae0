/** One endpoint of a pool: how to ask it, what it keeps, and whether it is asked now. */
import type { EraName } from '@baleen/chain';
import type { EndpointHealth } from '../source-info.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { Endpoint } from './endpoint.ts';
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
export interface Described extends Keeps {
  readonly chainId: string;
  readonly era: EraName;
  /** `0.34.14` */
  readonly nodeVersion: string;
  /** What is less than whole, in words. */
  readonly notes: readonly string[];
}

export interface Member {
  readonly address: string;
  readonly transport: Transport;
  readonly breaker: Breaker;
  /** undefined: it has not answered yet. */
  described: Described | undefined;
  /** Why it is never asked: it is of another chain. */
  refused: string | undefined;
  /** How its JSON writes the attributes of events. */
  readonly attributes: 'base64' | 'plain';
}

/** A request that waited for its turn while the endpoint got into trouble. */
export class LeftAlone extends Error {}

export function createMember(endpoint: Endpoint, options: TransportOptions, limit: SharedLimit): Member {
  const breaker = createBreaker(options.retryMs ?? RETRY_MS);
  const mayBegin = (): void => {
    if (breaker.trouble !== undefined) throw new LeftAlone(breaker.trouble);
  };
  return {
    address: endpoint.address,
    transport: createTransport(endpoint, options, limit, mayBegin),
    breaker,
    described: undefined,
    refused: undefined,
    get attributes() {
      return isAtLeast(this.described?.nodeVersion, [0, 37, 0]) ? 'plain' : 'base64';
    },
  };
}

export function healthOf({ address, transport, breaker, described, refused }: Member): EndpointHealth {
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

export const keepsBlock = ({ described }: Member, height: number): boolean =>
  described !== undefined && described.base <= height && height <= described.head;

export const keepsResults = ({ described }: Member, height: number): boolean =>
  described?.resultsBase !== undefined &&
  described.resultsHead !== undefined &&
  described.resultsBase <= height &&
  height <= described.resultsHead;

/** Whether a height is above what it last said: it may have come to it since. */
export const isAbove = ({ described }: Member, height: number): boolean =>
  described !== undefined && described.head < height;

export type Version = readonly [major: number, minor: number, patch: number];

export function versionOf(text: string): Version | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

export function isAtLeast(text: string | undefined, least: Version): boolean {
  const version = versionOf(text ?? '');
  if (version === undefined) return false;
  const at = version.findIndex((part, index) => part !== least[index]);
  return at < 0 || version[at]! > least[at]!;
}
