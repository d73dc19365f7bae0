/** Records when each block's rows were visible in Postgres, as a client learns it from NOTIFY. */
import pg from 'pg';

export interface Visibility {
  /** Milliseconds since 1970 by height. */
  readonly at: ReadonlyMap<number, number>;
  /** Heights that were notified more than once. */
  readonly doubled: readonly number[];
  stop(): Promise<void>;
}

export async function watchVisibility(url: string): Promise<Visibility> {
  const at = new Map<number, number>();
  const doubled: number[] = [];
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  client.on('notification', ({ payload }) => {
    const now = performance.timeOrigin + performance.now();
    const { from_height, to_height } = JSON.parse(payload!) as { from_height: number; to_height: number };
    for (let height = from_height; height <= to_height; height++) {
      if (at.has(height)) doubled.push(height);
      else at.set(height, now);
    }
  });
  await client.query('listen baleen');
  return { at, doubled, stop: () => client.end() };
}
