/** What `baleen compare` prints. */
import { grouped } from '../../output/table.ts';
import type { Difference } from '../comparison.ts';
import { firstDifference } from '../first-difference.ts';
import type { CompareReport } from './compare-lcd.ts';

/** The others are counted; `--json` has all. */
const MOST_SHOWN = 20;
const MOST_CHARACTERS = 2_000;

export function compareLines(report: CompareReport): string[] {
  const { comparison, unanswered, chainId, height, server, asked, questions, seed } = report;
  const differences = comparison.differences;
  const shown = differences.slice(0, MOST_SHOWN).flatMap(differenceLines);
  const more = differences.length - MOST_SHOWN;
  return [
    ...shown,
    ...(more > 0 ? [`… and ${grouped(more)} more answers differ; --json prints all`] : []),
    ...comparison.contradictions.map(
      ({ explained, reason, contradict }) =>
        `DIFFERENT ${explained} answers are those of ${reason}, ${contradict} are not: a node is in one state or the other`,
    ),
    `${chainId} at ${grouped(height)}: asked ${server} ${grouped(asked)} of ${grouped(questions)} questions (seed ${seed})`,
    `compared ${grouped(comparison.sum('compared'))} answers over ${grouped(comparison.routes.size)} routes: ${countsText(report)}`,
    ...unansweredLines(unanswered),
  ];
}

function countsText({ comparison }: CompareReport): string {
  const explained = comparison.sum('explained');
  return [
    `${grouped(comparison.sum('equal'))} equal`,
    ...(explained === 0 ? [] : [`${grouped(explained)} explained by ${reasonsOf(comparison)}`]),
    `${grouped(comparison.differences.length)} different`,
  ].join(', ');
}

const reasonsOf = (comparison: CompareReport['comparison']): string =>
  [...comparison.routes]
    .filter(([, { explained }]) => explained > 0)
    .map(([route]) => route.explained!.reason)
    .filter((reason, index, all) => all.indexOf(reason) === index)
    .join('; ');

/** Route, question, both answers, and where they differ first. */
function differenceLines({ route, request, height, recorded, found }: Difference): string[] {
  const { path, rest, sql } = firstDifference(recorded, found, route);
  return [
    `DIFFERENT ${request} at ${height}`,
    `  route: ${route.path}`,
    `  path:  ${path === '' ? '(the whole answer)' : path}`,
    `  REST:  ${text(rest)}`,
    `  SQL:   ${text(sql)}`,
    ...(path === '' ? [] : [`  REST's answer: ${text(recorded)}`, `  SQL's answer:  ${text(found)}`]),
  ];
}

function unansweredLines(unanswered: CompareReport['unanswered']): string[] {
  const byWords = Map.groupBy(unanswered, ({ status, text }) =>
    status === 200 ? 'the database does not have it' : `HTTP ${status} ${text.slice(0, 80)}`,
  );
  return [...byWords].map(
    ([words, answers]) =>
      `not compared: ${grouped(answers.length)} × ${words.replace(/\s+/g, ' ')} (${answers[0]!.request})`,
  );
}

/** The report as one JSON value. */
export function compareJson(report: CompareReport): unknown {
  const { comparison, unanswered, ...head } = report;
  return {
    ...head,
    compared: comparison.sum('compared'),
    equal: comparison.sum('equal'),
    explained: comparison.sum('explained'),
    differences: comparison.differences.map(({ route, request, recorded, found }) => {
      const { path, rest, sql } = firstDifference(recorded, found, route);
      return {
        ...{ route: route.path, request, path, rest: plain(rest), sql: plain(sql) },
        ...{ rest_answer: plain(recorded), sql_answer: plain(found) },
      };
    }),
    unanswered: unanswered.map(({ request, status, text }) => ({ request, status, text })),
  };
}

const plain = (value: unknown): unknown => (typeof value === 'symbol' ? value.description : value);

function text(value: unknown): string {
  if (value === undefined) return 'nothing';
  const words = typeof value === 'symbol' ? value.description! : JSON.stringify(value);
  return words.length > MOST_CHARACTERS ? `${words.slice(0, MOST_CHARACTERS)}…` : words;
}
