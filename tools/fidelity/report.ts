/** Decides whether a comparison is a success, and prints it. */
import { readFileSync } from 'node:fs';
import type { Comparison } from './compare.ts';
import type { Json } from './json.ts';
import type { KindReport } from './kind.ts';

/** Least number of compared rows, by chain id, data name and kind: counted by hand from the fixtures' READMEs. */
type Minimums = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;

export const MINIMUMS = JSON.parse(
  readFileSync(new URL('./minimums.json', import.meta.url), 'utf8'),
) as Minimums;

/** Every reason why a comparison is not a success. */
export function failures({ chainId, faults, kinds }: Comparison, dataName: string): string[] {
  const minimums = MINIMUMS[chainId]?.[dataName] ?? {};
  const found = [...faults];
  for (const { kind, different, recorded, compared, outside } of kinds) {
    if (different > 0) found.push(`${kind}: ${different} different`);
    if (compared === 0 && recorded > outside) found.push(`${kind}: recorded ${recorded}, compared nothing`);
    const least = minimums[kind];
    if (least !== undefined && compared < least)
      found.push(`${kind}: compared ${compared}, at least ${least} expected`);
  }
  const known = new Set(kinds.map(({ kind }) => kind));
  for (const kind of Object.keys(minimums))
    if (!known.has(kind)) found.push(`minimums.json: kind ${kind} is unknown`);
  return found;
}

const COLUMNS: readonly (readonly [title: string, of: (kind: KindReport) => number])[] = [
  ['compared', ({ compared }) => compared],
  ['equal', ({ equal }) => equal],
  ['different', ({ different }) => different],
  ['not recorded', ({ notRecorded }) => notRecorded],
  ['outside', ({ outside }) => outside],
];

export function table(kinds: readonly KindReport[]): string {
  const width = Math.max(...kinds.map(({ kind }) => kind.length));
  const line = (first: string, cells: readonly string[]): string =>
    `${first.padEnd(width)}  ${cells.map((cell, column) => cell.padStart(COLUMNS[column]![0].length)).join('  ')}`;
  const titles = COLUMNS.map(([title]) => title);
  const rows = kinds
    .filter(({ recorded, compared }) => recorded + compared > 0)
    .map((kind) =>
      line(
        kind.kind,
        COLUMNS.map(([, of]) => String(of(kind))),
      ),
    );
  return [line('kind', titles), ...rows].join('\n');
}

const short = (json: Json | undefined): string => (JSON.stringify(json) ?? 'nothing').slice(0, 300);

export function details({ kinds }: Comparison): string {
  const lines: string[] = [];
  for (const { kind, differences, notRecorded, notRecordedKeys } of kinds) {
    for (const { key, path, recorded, shown } of differences)
      lines.push(`${kind} ${key}${path}:`, `  recorded ${short(recorded)}`, `  shown    ${short(shown)}`);
    if (notRecorded > 0) lines.push(`${kind}: not recorded: ${notRecorded} (${placesOf(notRecordedKeys)})`);
  }
  return lines.join('\n');
}

/** Prints the first and the last of the places. */
const placesOf = (keys: readonly string[]): string =>
  keys.length === 1 ? keys[0]! : `${keys[0]} to ${keys.at(-1)}`;
