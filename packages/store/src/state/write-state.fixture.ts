import type { StateRecord } from '@baleen/chain';
import { describeChain } from '@baleen/testing';
import type { StateCopy, Store } from '../index.ts';
import { StateEncoder } from '../write/encode.ts';

/** A chain of its own with this state at `height`, written as a node's is. Its blocks are not. */
export async function writeState(
  store: Store,
  chainId: string,
  height: number,
  records: readonly StateRecord[],
): Promise<void> {
  await store.prepareChain(describeChain(chainId, { wanted: undefined }));
  const copies = async function* (): AsyncGenerator<StateCopy> {
    const encoder = new StateEncoder();
    for (const record of records) encoder.append(record, { chainId, fromHeight: 1 });
    yield* encoder.takeAll();
  };
  const leaves = records.length;
  await store.replaceState(
    { chainId, height, appHash: new Uint8Array(32), isProved: true, stores: ['of the test'], leaves },
    copies,
  );
}
