/** The least that has to be done: `/block` and `/block_results` of every height, fetched and parsed, and thrown away. A process of
 * its own (`fork`), as `baleen index` is one.
 *
 * Arguments: URL, height, requests in flight. Sends `{ seconds, bytes }`. */

export interface FetchLoopReport {
  readonly seconds: number;
  readonly bytes: number;
}

async function fetchAll(url: string, to: number, inFlight: number): Promise<FetchLoopReport> {
  const startedAt = performance.now();
  let bytes = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < 2 * to; index = next++) {
      const height = 1 + Math.floor(index / 2);
      const response = await fetch(`${url}/${index % 2 === 0 ? 'block' : 'block_results'}?height=${height}`);
      const text = await response.text();
      if (JSON.parse(text).result === undefined) throw new Error(`height ${height}: ${text.slice(0, 200)}`);
      bytes += text.length;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { seconds: (performance.now() - startedAt) / 1000, bytes };
}

if (process.send !== undefined)
  process.send(await fetchAll(process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])));
