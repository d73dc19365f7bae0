/** Decides whether a comparison is a success, and prints it. */
import type { BlockRange } from '@baleen/chain';
import { type Api, routePattern } from '../../apps/indexer/src/lcd/route.ts';
import { uncovered } from '../../apps/indexer/src/lcd/routes/uncovered.ts';
import type { Measured } from './measure.ts';

/** Every reason why a comparison is not a success. */
export function failures({ parity, withoutState }: Measured): string[] {
  const found = withoutState.map(({ height, reason }) => `no state at ${height}: ${reason}`);
  for (const [{ path }, { differences }] of parity.routes)
    if (differences.length > 0) found.push(`${path}: ${differences.length} different`);
  for (const [route, missed] of parity.missed)
    if (!parity.routes.has(route)) found.push(`${route.path}: asked ${missed} times, compared nothing`);
  for (const { reason, height, explained, contradict } of parity.contradictions)
    found.push(`${height}: ${explained} answers are those of ${reason}, ${contradict} are not`);
  if (parity.sum('compared') === 0) found.push('nothing was compared');
  return found;
}

const NOT_COMPARED = { compared: 0, equal: 0, explained: 0, differences: [] };

export function table({ parity }: Measured): string {
  const rows = parity.table.routes
    .filter((route) => [parity.routes, parity.missed, parity.notHeld].some((counts) => counts.has(route)))
    .map((route) => {
      const { compared, equal, explained, differences } = parity.routes.get(route) ?? NOT_COMPARED;
      const notHeld = parity.notHeld.get(route) ?? 0;
      return [route.path, compared, equal, explained, differences.length, notHeld];
    });
  const titles = ['route', 'compared', 'equal', 'explained', 'different', 'not held'];
  return lines([titles, ...rows]);
}

function lines(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? String(cell).padEnd(widths[0]!) : String(cell).padStart(widths[column]!),
        )
        .join('  '),
    )
    .join('\n');
}

export function details({ parity }: Measured): string {
  return [...parity.routes.values()]
    .flatMap(({ differences }) => differences.slice(0, 3))
    .map(
      ({ height, request, recorded, found }) =>
        `${request} at ${height}\n  REST ${text(recorded)}\n  SQL  ${text(found)}`,
    )
    .join('\n');
}

const text = (value: unknown): string =>
  (typeof value === 'symbol' ? value.description! : JSON.stringify(value)).slice(0, 2000);

/** Lines about answers that equal only those of a node in a special state, with the reasons. */
export function explanations({ parity }: Measured): string[] {
  const counts = new Map<string, number>();
  for (const [route, { explained }] of parity.routes)
    if (explained > 0)
      counts.set(route.explained!.reason, (counts.get(route.explained!.reason) ?? 0) + explained);
  const agreed = (reason: string): string => {
    const witnesses = [...parity.witnesses.values()].filter(
      (each) => each.reason === reason && each.explained > 0,
    );
    const sum = witnesses.reduce((all, { agree }) => all + agree, 0);
    return sum === 0 ? '' : `; so are all ${sum} answers of its routes at those heights`;
  };
  return [...counts].map(([reason, count]) => `${count} answers are those of ${reason}${agreed(reason)}`);
}

/** Lines about answers of heights that the directory does not hold: one for states, one for blocks. */
export function notHeldLines({ notHeld, held: { blocks, states = [] } }: Measured): string[] {
  const [ofStates, ofBlocks] = [
    notHeld.filter(({ of }) => of === 'state'),
    notHeld.filter(({ of }) => of !== 'state'),
  ];
  const line = (answers: Measured['notHeld'], what: string, held: readonly BlockRange[]): string[] =>
    answers.length === 0
      ? []
      : [
          `${answers.length} answers are about heights this directory does not hold: ${what} (it has ${rangesText(held)})`,
        ];
  const heights = [...new Set(ofStates.map(({ height }) => height!))].sort((one, other) => one - other);
  return [
    ...line(ofStates, `the state at ${heights.join(', ')}`, states),
    ...line(ofBlocks, 'blocks', [blocks]),
  ];
}

const rangesText = (ranges: readonly BlockRange[]): string =>
  ranges.length === 0
    ? 'none'
    : ranges.map(({ from, to }) => (from === to ? from : `${from}..${to}`)).join(', ');

/** Lines about answers that no route covers, by reason. */
export function uncoveredLines({ parity }: Measured): string[] {
  const counts = new Map<string, number>();
  for (const { request } of parity.uncovered) {
    const reason = reasonOf(request.split('?')[0]!);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${count}  ${reason}`);
}

const PATTERNS = uncovered.map(({ path, apis, reason }) => ({
  apis: new Set<Api>(apis),
  pattern: path.endsWith('…') ? new RegExp(`^${path.slice(0, -1)}`) : routePattern(path).pattern,
  reason,
}));

const reasonOf = (path: string): string =>
  PATTERNS.find(({ pattern }) => pattern.test(path))?.reason ?? `${path}: not known`;

/** The share is of the answers about heights that are there. */
export function summary({ parity, answers, notHeld }: Measured): string {
  const compared = parity.sum('compared');
  const held = answers - notHeld.length;
  const share = ((100 * compared) / held).toFixed(1);
  const different = parity.differences.length;
  return `${compared} of ${held} answers compared (${share} %) over ${parity.routes.size} routes: ${parity.sum('equal')} equal, ${parity.sum('explained')} explained, ${different} different`;
}
