/** The experiment's tables: a short one for the README, all of it for docs/performance.md. */
import { cpus, totalmem } from 'node:os';
import { loadText } from '../sections.ts';
import { quantile } from './ask.ts';
import type { Experiment, NodeUse } from './measure.ts';

const MEGA = 1e6;

export function shortReport(experiment: Experiment): string {
  const { rest, sql, idleBytes } = experiment;
  const rows = rest.map((run, level) => [
    run.askers,
    (both(run.peakBytes) / MEGA).toFixed(0),
    both(run.cpuSeconds).toFixed(1),
    times(run.asked),
    run.asked.length,
    0,
    times(sql[level]!.asked),
    sql[level]!.postgres.cpuSeconds.toFixed(1),
  ]);
  const titles = [
    ...['at once', "node's peak, MB", 'its processor, s', 'REST p50 / p99, ms'],
    ...['asked of the node: REST', 'Baleen', 'SQL p50 / p99, ms', 'PostgreSQL, s'],
  ];
  return `${machineOf(experiment)}
A real Terra node (core 0.4.6, \`terrad\` and its REST server \`terracli\`) on the chain of the columbus-4 fixture,
${(both(idleBytes) / MEGA).toFixed(0)} MB before, is asked ${rest[0]!.asked.length} questions of a staking dashboard, four times.
Then it is ended, Baleen reads its directory once (${experiment.index.seconds.toFixed(1)} s), and is asked the same by SQL.

${table(titles, rows)}

${answersLine(experiment)}`;
}

/** The section for docs/performance.md, without its title. */
export function wholeReport(experiment: Experiment): string {
  return `${shortReport(experiment)}

${slowerLine(experiment)}

Milliseconds, p50 / p99, by question and questions at once. REST's end with the last byte of the answer, SQL's with the value
that REST prints. To REST each asker has a connection; to PostgreSQL all share a pool of ten (waiting for one is in the time),
whose statements are prepared once. The SQL is that of [lcd-to-sql.md](lcd-to-sql.md).

${timesByKind(experiment)}

Use of the machine, which the askers shared: processor in seconds; memory in MB, the kernel's own peak of each process of the
node, and of all processes of PostgreSQL together what they hold at most, shared pages once. The chain is small
(${experiment.height} blocks, some twenty accounts): the figures say what a question costs, not what a big state does.

${useTable(experiment)}

Before, the node held ${megabytes(experiment.idleBytes.node)} MB and its REST server ${megabytes(experiment.idleBytes.restServer)} MB.
\`baleen index\` with the state took ${experiment.index.seconds.toFixed(1)} s and ${experiment.index.cpuSeconds.toFixed(1)} s of processor, once.
The node stands still (it has no part in the power of its chain), and executed the last block again at its start, so that its questions are about height ${experiment.height}.`;
}

function machineOf({ load, postgresVersion }: Experiment): string {
  return `Written by \`npm run bench:seed\` ${loadText(load)}: ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}, ${postgresVersion}.`;
}

function answersLine({ compared, differences, rest, height }: Experiment): string {
  const silent = rest.flatMap(({ asked }) => asked).filter(({ answer }) => answer.status === 0).length;
  return `Answers compared, both at height ${height}: ${compared}; equal ${compared - differences.length}, different ${differences.length}. Questions that REST left without an answer: ${silent}.`;
}

/** Names the kinds of question for which SQL's median or p99 is not the lower one. */
function slowerLine(experiment: Experiment): string {
  const slower = [0.5, 0.99].map((share) => {
    const cases = kindsOf(experiment).flatMap((kind) =>
      experiment.rest.flatMap((run, level) => {
        const [rest, sql] = [run.asked, experiment.sql[level]!.asked].map((asked) =>
          quantile(msOf(asked, kind), share),
        );
        return sql! >= rest!
          ? [`${kind} (${run.askers} at once: ${sql!.toFixed(1)} against ${rest!.toFixed(1)} ms)`]
          : [];
      }),
    );
    return cases.length === 0 ? 'nowhere' : cases.join(', ');
  });
  return `SQL is not faster in the median: ${slower[0]}; in the p99: ${slower[1]}.`;
}

function timesByKind(experiment: Experiment): string {
  const { rest, sql } = experiment;
  const titles = ['question', ...rest.flatMap(({ askers }) => [`REST, ${askers}`, `SQL, ${askers}`])];
  const rows = kindsOf(experiment).map((kind) => [
    kind,
    ...rest.flatMap((run, level) => [times(run.asked, kind), times(sql[level]!.asked, kind)]),
  ]);
  return table(titles, rows);
}

function useTable({ rest, sql }: Experiment): string {
  const titles = [
    ...['at once', 'questions/s, REST', 'terrad, s', 'terracli, s', 'terrad, MB', 'terracli, MB'],
    ...['questions/s, SQL', 'PostgreSQL, s', 'PostgreSQL, MB'],
  ];
  const rows = rest.map((run, level) => {
    const other = sql[level]!;
    return [
      run.askers,
      (run.asked.length / run.seconds).toFixed(0),
      run.cpuSeconds.node.toFixed(2),
      run.cpuSeconds.restServer.toFixed(2),
      megabytes(run.peakBytes.node),
      megabytes(run.peakBytes.restServer),
      (other.asked.length / other.seconds).toFixed(0),
      other.postgres.cpuSeconds.toFixed(2),
      megabytes(other.postgres.peakBytes),
    ];
  });
  return table(titles, rows);
}

interface Timed {
  readonly question: { readonly kind: string };
  readonly ms: number;
}

const msOf = (asked: readonly Timed[], kind?: string): number[] =>
  asked.filter(({ question }) => kind === undefined || question.kind === kind).map(({ ms }) => ms);

function times(asked: readonly Timed[], kind?: string): string {
  const all = msOf(asked, kind);
  return `${quantile(all, 0.5).toFixed(1)} / ${quantile(all, 0.99).toFixed(1)}`;
}

const kindsOf = ({ rest }: Experiment): string[] => [
  ...new Set(rest[0]!.asked.map(({ question }) => question.kind)),
];
const both = ({ node, restServer }: NodeUse): number => node + restServer;
const megabytes = (bytes: number): string => (bytes / MEGA).toFixed(0);

function table(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), `|---|${'--:|'.repeat(titles.length - 1)}`, ...rows.map(line)].join('\n');
}
