/** Makes a replaying node give wrong answers, by a seed: the nth answer to a request is always the same. */
import { createHash } from 'node:crypto';
import type { Fault } from '@baleen/testing';

export type FaultKind =
  | 'altered'
  | 'cut'
  | 'cut as if whole'
  | 'delayed'
  | 'dropped'
  | 'of another height'
  | '5xx'
  | '429'
  | 'stalled';

/** How often each kind is chosen: lies are what hashes are for; a stall costs its timeout. */
const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  altered: 50,
  cut: 6,
  'cut as if whole': 6,
  delayed: 10,
  dropped: 6,
  'of another height': 12,
  '5xx': 5,
  '429': 4,
  stalled: 1,
};
const LONGEST_DELAY_MS = 40;

export interface Liar {
  /** To `replayRpc`. */
  readonly fault: (route: string, answer: string, nth: number) => Fault | undefined;
  /** How many answers were wrong so far. */
  readonly counts: Readonly<Record<FaultKind, number>>;
}

/** @param share  of answers that are wrong, 0 to 1 */
export function createLiar(name: string, seed: number, share: number): Liar {
  const counts = Object.fromEntries(Object.keys(WEIGHTS).map((kind) => [kind, 0])) as Record<
    FaultKind,
    number
  >;
  /** The last answer to each kind of question. */
  const earlier = new Map<string, string>();
  return {
    counts,
    fault(route, answer, nth) {
      const random = createRandom(`${seed} ${name} ${route} ${nth}`);
      const question = route.split('?')[0]!;
      const before = earlier.get(question);
      earlier.set(question, answer);
      if (random() >= share) return undefined;
      const kind = chooseKind(random);
      if (kind === 'of another height' && (before === undefined || before === answer)) return undefined;
      const fault = faultOf(kind, answer, before ?? answer, random);
      counts[kind]++;
      return fault;
    },
  };
}

function faultOf(kind: FaultKind, answer: string, before: string, random: () => number): Fault {
  const within = (most: number): number => Math.floor(random() * most);
  switch (kind) {
    case 'altered':
      return { kind: 'answer', body: alter(answer, random) };
    case 'cut':
      return { kind: 'cut', bytes: 1 + within(answer.length - 1) };
    case 'cut as if whole':
      return { kind: 'answer', body: answer.slice(0, within(answer.length)) };
    case 'delayed':
      return { kind: 'answer', body: answer, delayMs: within(LONGEST_DELAY_MS) };
    case 'dropped':
      return { kind: 'cut', bytes: 0 };
    case 'of another height':
      return { kind: 'answer', body: before };
    case '5xx':
      return { kind: 'answer', status: 500 + within(5), body: 'Internal Server Error' };
    case '429':
      return { kind: 'answer', status: 429, headers: { 'retry-after': '0' }, body: 'Too Many Requests' };
    case 'stalled':
      return { kind: 'stall' };
  }
}

/** JSON values: what stands in quotes and is no key, and numbers. */
const VALUES = /"(?:[^"\\]|\\.)+"(?!\s*:)|-?\d+/g;
const LETTERS = '0123456789abcdefABCDEFxyzXYZ+/=';

/** Changes one letter of one value; in every fifth answer a byte anywhere. */
function alter(answer: string, random: () => number): string {
  const values = random() < 0.2 ? [] : [...answer.matchAll(VALUES)];
  const value = values[Math.floor(random() * values.length)];
  const [from, length] = value === undefined ? [0, answer.length] : [value.index, value[0].length];
  for (;;) {
    const at = from + Math.floor(random() * length);
    const letter = LETTERS[Math.floor(random() * LETTERS.length)]!;
    if (answer[at] !== letter && (value === undefined || answer[at] !== '"' || length === 2))
      return `${answer.slice(0, at)}${letter}${answer.slice(at + 1)}`;
  }
}

function chooseKind(random: () => number): FaultKind {
  const total = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);
  let left = random() * total;
  for (const [kind, weight] of Object.entries(WEIGHTS)) if ((left -= weight) < 0) return kind as FaultKind;
  return 'altered';
}

/** Numbers from 0 to below 1 (mulberry32). */
export function createRandom(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE();
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
