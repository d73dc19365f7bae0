/** Every metric: name, meaning, labels and where its value comes from. docs/operating.md shows this table. */
import type { ChainStatus } from '@baleen/store';
import { type ChainWork, STAGES } from './chain-work.ts';

/** What the metrics are computed from at each scrape. */
export interface Facts {
  readonly works: readonly ChainWork[];
  /** Status of the chains on which this process works; undefined if the database did not answer. */
  readonly chains: readonly ChainStatus[] | undefined;
  /** Number of jobs by state; empty if the command has no queue. */
  readonly jobs: Readonly<Record<string, number>>;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly help: string;
  samples(facts: Facts): readonly Sample[];
}

type Read<Of> = (each: Of) => number | undefined;

const ofWork = (kind: Metric['kind'], name: string, help: string, read: Read<ChainWork>): Metric => ({
  ...{ kind, name, help },
  labels: ['chain_id'],
  samples: ({ works }) => works.flatMap((work) => sample({ chain_id: work.chainId }, read(work))),
});

const ofSource = (
  kind: Metric['kind'],
  name: string,
  help: string,
  read: Read<ReturnType<ChainWork['sources']>[number]>,
): Metric => ({
  ...{ kind, name, help },
  labels: ['chain_id', 'address'],
  samples: ({ works }) =>
    works.flatMap((work) =>
      work
        .sources()
        .flatMap((source) => sample({ chain_id: work.chainId, address: source.address }, read(source))),
    ),
});

const ofChain = (name: string, help: string, read: Read<ChainStatus>): Metric => ({
  ...{ kind: 'gauge', name, help },
  labels: ['chain_id'],
  samples: ({ chains = [] }) => chains.flatMap((chain) => sample({ chain_id: chain.chainId }, read(chain))),
});

const sample = (labels: Sample['labels'], value: number | undefined): Sample[] =>
  value === undefined ? [] : [{ labels, value }];

export const metricTable: readonly Metric[] = [
  ofWork(
    'counter',
    'baleen_blocks_written_total',
    'Blocks written by this process.',
    ({ heights }) => heights,
  ),
  ofWork('counter', 'baleen_txs_written_total', 'Txs written by this process.', ({ txs }) => txs),
  ofWork('counter', 'baleen_rows_written_total', 'Rows written by this process.', ({ rows }) => rows),
  ofWork(
    'counter',
    'baleen_written_bytes_total',
    'Bytes of COPY data written by this process.',
    ({ bytes }) => bytes,
  ),
  {
    ...{ kind: 'counter', name: 'baleen_stage_seconds_total', labels: ['chain_id', 'stage'] },
    help: 'Seconds of all threads by stage: read (RPC: waiting), decode, encode, write.',
    samples: ({ works }) =>
      works.flatMap(({ chainId, seconds }) =>
        STAGES.map((stage) => ({ labels: { chain_id: chainId, stage }, value: seconds[stage] })),
      ),
  },
  ofWork(
    'gauge',
    'baleen_batches_queued',
    'Batches that are encoded and wait to be written.',
    ({ queued }) => queued,
  ),
  ofSource(
    'counter',
    'baleen_source_requests_total',
    'Requests answered by an endpoint.',
    ({ requests }) => requests,
  ),
  ofSource(
    'counter',
    'baleen_source_errors_total',
    'Requests to an endpoint that failed.',
    ({ errors }) => errors,
  ),
  ofSource('counter', 'baleen_source_bytes_total', 'Bytes of answers of an endpoint.', ({ bytes }) => bytes),
  ofSource(
    'gauge',
    'baleen_source_concurrency',
    'Requests that may be in flight to an endpoint now; 0 for files.',
    ({ concurrency }) => concurrency,
  ),
  ofSource(
    'gauge',
    'baleen_source_usable',
    '1: the endpoint is used; 0: it is left alone, the view sources tells why.',
    ({ trouble }) => (trouble === undefined ? 1 : 0),
  ),
  ofSource(
    'gauge',
    'baleen_source_head_height',
    'Highest height an endpoint has, as it last said.',
    ({ head }) => head,
  ),
  ofChain('baleen_head_height', 'Highest indexed height.', ({ headHeight }) => headHeight),
  ofChain(
    'baleen_complete_to_height',
    'Every height from the first indexed one to here is there.',
    ({ completeTo }) => completeTo,
  ),
  ofChain('baleen_lag_seconds', 'Age of the highest indexed block.', ({ lagSeconds }) => lagSeconds),
  ofChain(
    'baleen_lag_blocks',
    'Blocks from the highest indexed one to the head of its sources.',
    ({ lagBlocks }) => lagBlocks,
  ),
  ofChain('baleen_missing_blocks', 'Blocks that were asked for and are not there.', ({ missing }) =>
    missing.reduce((sum, { from, to }) => sum + to - from + 1, 0),
  ),
  ofChain(
    'baleen_failed_ranges',
    'Ranges of heights that could not be written.',
    ({ failed }) => failed.length,
  ),
  {
    ...{ kind: 'gauge', name: 'baleen_jobs', labels: ['state'] },
    help: 'Jobs in the queue by state; only of `baleen worker`.',
    samples: ({ jobs }) => Object.entries(jobs).map(([state, value]) => ({ labels: { state }, value })),
  },
  {
    ...{ kind: 'gauge', name: 'baleen_database_up', labels: [] },
    help: '1: the database answered this scrape; 0: it did not, and what is read from it is left out.',
    samples: ({ chains }) => [{ labels: {}, value: chains === undefined ? 0 : 1 }],
  },
];
