/** Checks that rows do not depend on what a database held before: indexes two directories of a chain one after the other and compares
 * with the second alone. */
import { checksums, indexHere, sumDifferences, unpack, withClient, withDatabase } from '@baleen/testing';

/** `clean-then-killed` or `killed-then-clean` to the names of the data. */
export function parseOrder(order: string): [first: string, second: string] {
  const names: Readonly<Record<string, string>> = { clean: 'data', killed: 'data-killed' };
  const [first, second] = order.split('-then-').map((word) => names[word]);
  if (first === undefined || second === undefined)
    throw new TypeError(`--order ${order}: expected clean-then-killed or killed-then-clean`);
  return [first, second];
}

/** Tables that differ between both in this order and the second alone; none when the order leaves no trace. */
export async function compareOrder(
  directory: string,
  serverUrl: string,
  [first, second]: readonly [string, string],
): Promise<string[]> {
  const alone = await sumsAfter(directory, serverUrl, [second]);
  const both = await sumsAfter(directory, serverUrl, [first, second]);
  return sumDifferences(both, alone);
}

const sumsAfter = (
  directory: string,
  serverUrl: string,
  names: readonly string[],
): Promise<Map<string, string>> =>
  withDatabase(serverUrl, async (url) => {
    for (const name of names) {
      const unpacked = await unpack(directory, name);
      try {
        await indexHere(unpacked.path, url);
      } finally {
        unpacked.remove();
      }
    }
    return withClient(url, checksums);
  });
