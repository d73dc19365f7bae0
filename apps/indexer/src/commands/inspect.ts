import type { BlockSource } from '@baleen/pipeline';
import type { SourceInfo } from '@baleen/source';
import { z } from 'zod';
import { defineCommand } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { application, descriptors, givenApplication } from '../cli/given-application.ts';
import { header, json, source } from '../cli/shared-options.ts';
import { applicationFacts } from '../inspect/application-facts.ts';
import type { Estimate } from '../inspect/estimate.ts';
import type { ViewCoverage } from '../inspect/view-coverage.ts';
import { duration } from '../output/progress.ts';
import { grouped, renderTable } from '../output/table.ts';

export const inspect = defineCommand({
  name: 'inspect',
  summary: 'print what a source holds and what can be had from it; changes nothing',
  options: z.object({ source, header, application, descriptors, json }),
  async run(options, context) {
    const { openBlocks } = await import('@baleen/pipeline');
    const { sourceWith, withoutSecrets } = await import('@baleen/source');
    const { estimate } = await import('../inspect/estimate.ts');
    const { viewCoverage } = await import('../inspect/view-coverage.ts');
    const { inspectState, stateText } = await import('../inspect/inspected-state.ts');
    const opened = await openBlocks(sourceWith(options.header, options.source), {
      application: await givenApplication(options),
    });
    try {
      const state = inspectState(opened);
      const views = await viewCoverage(opened, state);
      const expected = await estimate(opened);
      const next = `baleen index ${quoted(withoutSecrets(options.source))}`;
      if (options.json)
        context.print(JSON.stringify({ ...opened.info, state, views, estimate: expected, next }));
      else tell(opened, { state: stateText(state), views, expected, next }, context);
      return EXIT.done;
    } finally {
      opened.close();
    }
  },
});

interface Findings {
  /** In words. */
  readonly state: string;
  readonly views: readonly ViewCoverage[];
  readonly expected: Estimate | undefined;
  readonly next: string;
}

function tell({ info }: BlockSource, { state, views, expected, next }: Findings, { print }: Context): void {
  const facts: [string, string][] = [
    ['chain', info.chainId],
    ['era', eraText(info)],
    ...applicationFacts(info),
    ['heights', `${rangeText(info.base, info.head)} (${grouped(info.head - info.base + 1)} blocks)`],
    ['results', rangeText(info.resultsBase, info.resultsHead)],
    ['state', state],
    ['genesis', info.genesis?.path ?? 'none'],
    ...placeFacts(info),
    ['estimate', estimateText(expected)],
  ];
  for (const [name, value] of facts) print(`${name.padEnd(10)} ${value}`);
  for (const note of info.notes) print(`${'note'.padEnd(10)} ${note}`);
  print('');
  const rows = views.map(({ view, coverage, why }) => [view, coverage, why]);
  for (const line of renderTable(['view', 'coverage', 'why'], rows)) print(line);
  print('');
  print(`next: ${next}`);
}

function eraText({ era, software, nodeVersion }: SourceInfo): string {
  const begun = software === undefined ? '' : `, begun by version ${software}`;
  const node = nodeVersion === '' ? ', the node names no version' : `, the node runs version ${nodeVersion}`;
  return `${era}${begun}${nodeVersion === undefined ? '' : node}`;
}

function placeFacts(info: SourceInfo): [string, string][] {
  const { backend, databases, estimatedBytes, path } = info;
  if (backend === 'rpc') return [['RPC', path]];
  const size = estimatedBytes === undefined ? '' : `; ${sizeText(estimatedBytes)} are read`;
  return [
    ['databases', `${databases.join(', ')} (${backend}${size})`],
    ['node', liveText(info)],
    ['folder', path],
  ];
}

const rangeText = (from: number | undefined, to: number | undefined): string =>
  from === undefined || to === undefined ? 'none' : `${from}..${to}`;

const liveText = ({ live }: SourceInfo): string =>
  live ? 'runs and writes here; it can be indexed meanwhile' : 'none holds the files open on this machine';

const estimateText = (expected: Estimate | undefined): string =>
  expected === undefined
    ? 'none, no block could be read'
    : `about ${sizeText(expected.postgresBytes)} in PostgreSQL, ${duration(expected.seconds)} (a guess from a few blocks)`;

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

/** Quotes a text for a shell. */
const quoted = (path: string): string =>
  /^[\w./:~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
