/** Stores what processes report about themselves and their sources, for the views `workers` and `sources`. */
import { sql } from 'kysely';
import type { Queries } from '../postgres/connections.ts';

/** A process that writes to the database. */
export interface WorkerIdentity {
  /** Id of the process, unique over all hosts. */
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  /** The command that the process runs: `index`, `follow`, `worker`. */
  readonly command: string;
  readonly startedAt: Date;
}

/** What a process has done for a chain since it began. */
export interface WorkerReport {
  readonly worker: WorkerIdentity;
  /** The chain on which the process works; undefined if it is waiting for work. */
  readonly chainId: string | undefined;
  /** What the process does now, in words. */
  readonly doing: string;
  readonly heights: number;
  readonly rows: number;
  /** Size of the COPY data that was written, in bytes. */
  readonly bytes: number;
  /** Blocks written per second over the last minute. */
  readonly heightsPerSecond: number;
  readonly rssBytes: number;
}

/** An endpoint or a directory as one process sees it. Counts begin with the process. */
export interface SourceReport {
  /** Address of the endpoint, or path of the directory, without a password. */
  readonly address: string;
  readonly backend: 'goleveldb' | 'pebbledb' | 'rpc';
  readonly version: string | undefined;
  readonly base: number | undefined;
  readonly head: number | undefined;
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
  readonly concurrency: number;
  /** Why the process does not use the source at present, in words; undefined if it uses it. */
  readonly trouble: string | undefined;
}

/** How long a killed process is shown as lost: long enough to be noticed the next morning. */
const LOST_WORKERS_KEPT = '1 day';
/** How long the last report of an endpoint is kept after its process has ended. */
const UNSEEN_SOURCES_KEPT = '7 days';
/** Time without a report after which a process counts as lost, the time of six reports. The SQL of the views has the same number. */
const SILENT = '30 seconds';

export async function reportWorker(db: Queries, report: WorkerReport): Promise<void> {
  const { worker, chainId = null, doing, heights, rows, bytes, heightsPerSecond, rssBytes } = report;
  await sql`
    insert into baleen_store.workers as w
      (worker_id, chain_id, host, pid, command, started_at, doing, heights, rows, bytes, heights_per_second, rss_bytes)
    values (${worker.workerId}, ${chainId}, ${worker.host}, ${worker.pid}, ${worker.command}, ${worker.startedAt},
      ${held(doing)}, ${heights}, ${rows}, ${bytes}, ${heightsPerSecond}, ${rssBytes})
    on conflict (worker_id, chain_id) do update set
      last_seen = now(),
      doing_since = case when w.doing = excluded.doing then w.doing_since else now() end,
      doing = excluded.doing,
      heights = excluded.heights,
      rows = excluded.rows,
      bytes = excluded.bytes,
      heights_per_second = excluded.heights_per_second,
      rss_bytes = excluded.rss_bytes`.execute(db);
  // If the process has found work, its row without a chain, which says that it waits, is removed.
  await sql`
    delete from baleen_store.workers
    where last_seen < now() - ${LOST_WORKERS_KEPT}::interval
      or (worker_id = ${worker.workerId} and chain_id is null and ${chainId}::text is not null)`.execute(db);
}

/** Removes a process that has ended. Its reports about sources stay visible. */
export async function forgetWorker(db: Queries, workerId: string): Promise<void> {
  await db.updateTable('sources').set({ is_read: false }).where('worker_id', '=', workerId).execute();
  await db.deleteFrom('workers').where('worker_id', '=', workerId).execute();
}

export async function reportSources(
  db: Queries,
  worker: WorkerIdentity,
  chainId: string,
  sources: readonly SourceReport[],
): Promise<void> {
  for (const source of sources) await reportSource(db, worker, chainId, source);
}

async function reportSource(
  db: Queries,
  { workerId, host }: WorkerIdentity,
  chainId: string,
  source: SourceReport,
): Promise<void> {
  const { address, backend, version = null, base = null, head = null } = source;
  const { requests, errors, bytes, concurrency } = source;
  const trouble = source.trouble === undefined ? null : held(source.trouble);
  await sql`
    insert into baleen_store.sources as s
      (chain_id, address, worker_id, host, backend, version, base_height, head_height, requests, errors, bytes, concurrency,
       trouble, trouble_since)
    values (${chainId}, ${address}, ${workerId}, ${host}, ${backend}, ${version}, ${base}, ${head}, ${requests}, ${errors},
      ${bytes}, ${concurrency}, ${trouble}::text, case when ${trouble}::text is not null then now() end)
    on conflict (chain_id, address, worker_id) do update set
      version = excluded.version,
      base_height = excluded.base_height,
      head_height = excluded.head_height,
      requests = excluded.requests,
      errors = excluded.errors,
      bytes = excluded.bytes,
      concurrency = excluded.concurrency,
      is_read = true,
      trouble = excluded.trouble,
      trouble_since = case when excluded.trouble is not null then coalesce(s.trouble_since, now()) end,
      last_seen = now()`.execute(db);
  // Removes the reports of ended processes about this source, since this one is newer, and sources that no process has read for long.
  await sql`
    delete from baleen_store.sources
    where (chain_id = ${chainId} and address = ${address} and (backend = 'rpc' or host = ${host})
        and (not is_read or last_seen < now() - ${SILENT}::interval))
      or last_seen < now() - ${UNSEEN_SOURCES_KEPT}::interval`.execute(db);
}

/** Replaces NUL in a text by U+FFFD, since PostgreSQL refuses NUL. */
const held = (text: string): string => text.replaceAll('\0', '\ufffd');
