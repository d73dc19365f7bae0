/** Compares two nodes' answers about one height in the facts that no hash covers. */
import { BaleenError, type BlockResults, type Event, InvalidText, type RawRpcBlock } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { consensusEras } from '../consensus/index.ts';
import { NO_BYTES } from '../tendermint/header.ts';
import { decodeResultsAnswer } from './results.ts';
import { decodeConsensusParamsAnswer, decodeValidatorPages } from './validators.ts';

const MOST_SHOWN = 120;

/** Returns the first field in which the answers differ, with both values; undefined if they agree.
 *
 * Events of a tx are compared in their order. Events of a block's begin and end are compared in any order, since honest nodes emit some of
 * them in the random order of a Go map. The index flag of an attribute is not compared, since it depends on the node's configuration.
 * @throws BaleenError data `DECODE_MALFORMED` */
export function rpcDifference(one: RawRpcBlock, other: RawRpcBlock): string | undefined {
  return (
    resultsDifference(one, other) ??
    firstDifference('consensus params', paramsOf(one), paramsOf(other)) ??
    firstDifference('validators', evidenceSetsOf(one), evidenceSetsOf(other))
  );
}

function resultsDifference(one: RawRpcBlock, other: RawRpcBlock): string | undefined {
  if (isSame(one, other)) return undefined;
  const [left, right] = [resultsOf(one), resultsOf(other)];
  if (left === undefined || right === undefined) return firstDifference('results', left, right);
  return (
    firstDifference('txs', left.txs, right.txs) ??
    firstDifference('begin block events', sorted(left.beginEvents), sorted(right.beginEvents)) ??
    firstDifference('end block events', sorted(left.endEvents), sorted(right.endEvents)) ??
    firstDifference('block events', sorted(left.finalizeEvents), sorted(right.finalizeEvents)) ??
    firstDifference('validator updates', left.validatorUpdates, right.validatorUpdates) ??
    firstDifference('consensus param updates', paramUpdatesOf(one), paramUpdatesOf(other))
  );
}

/** Returns true if both nodes answered `/block_results` with the same text, as most often. Then the answers need not be decoded. */
const isSame = (one: RawRpcBlock, other: RawRpcBlock): boolean =>
  one.attributes === other.attributes && JSON.stringify(one.results) === JSON.stringify(other.results);

function resultsOf(raw: RawRpcBlock): BlockResults | undefined {
  if (raw.results === undefined) return undefined;
  try {
    return decodeResultsAnswer(raw.results, raw.attributes, () => NO_BYTES).results;
  } catch (error) {
    if (!(error instanceof BaleenError)) throw error;
    throw new BaleenError(
      'data',
      error.code,
      `decode block ${raw.height} of ${raw.chainId} from ${raw.endpoint}: ${error.message}`,
      {
        cause: error,
        height: raw.height,
      },
    );
  }
}

const sorted = (events: readonly Event[]): string[] => events.map(textOf).sort();

function paramsOf({ consensusParams, era }: RawRpcBlock): unknown {
  return consensusParams === undefined
    ? undefined
    : decodeConsensusParamsAnswer(consensusParams, consensusEras[era]);
}

const evidenceSetsOf = ({ evidenceValidators }: RawRpcBlock): unknown =>
  evidenceValidators.map(({ pages }) => decodeValidatorPages(pages).validators);

/** Returns the answer's parameter updates without empty values, since versions differ in whether they write them. */
function paramUpdatesOf({ results }: RawRpcBlock): unknown {
  return withoutEmpty((results as { consensus_param_updates?: unknown }).consensus_param_updates);
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const kept = Object.entries(value)
    .map(([name, each]) => [name === 'app_version' ? 'app' : name, withoutEmpty(each)] as const)
    .filter(([, each]) => each !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Finds the first value that differs, as deep inside lists and records as both have the same shape. */
function firstDifference(where: string, one: unknown, other: unknown): string | undefined {
  if (Array.isArray(one) && Array.isArray(other)) {
    if (one.length !== other.length) return `${where}: ${one.length} and ${other.length} of them`;
    return first(one.keys(), (index) => firstDifference(`${where}.${index}`, one[index], other[index]));
  }
  if (isRecord(one) && isRecord(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return first(names, (name) => firstDifference(`${where}.${name}`, one[name], other[name]));
  }
  const [left, right] = [textOf(one), textOf(other)];
  return left === right ? undefined : `${where}: ${shown(left, right)}`;
}

function first<Item>(items: Iterable<Item>, find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Uint8Array) &&
  !(value instanceof InvalidText);

/** Shows both texts, shortened to the surroundings of the first character that differs. */
function shown(left: string, right: string): string {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  const from = Math.max(0, at - MOST_SHOWN / 3);
  return `'${left.slice(from, from + MOST_SHOWN)}' and '${right.slice(from, from + MOST_SHOWN)}'`;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(plain(value)) ?? 'none');

/** Replaces bytes, which may be a Buffer or a Uint8Array, by their hexadecimal text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`;
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof InvalidText) return { invalid: toHex(value.bytes) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}
