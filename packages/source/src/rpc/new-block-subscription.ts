/** A subscription to new blocks over a node's websocket. An event is only a hint to ask for the head at once.
 *
 * Not with @cosmjs/tendermint-rpc's client: it connects again after it was closed, does not subscribe again, and can't match the
 * events of 0.31 and 0.32, whose ids end in `#event`. Here any message is a hint. */
import { WebSocket } from 'ws';
import { atRoute, type EndpointAddress } from './endpoint-address.ts';

const SUBSCRIBE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'subscribe',
  params: { query: "tm.event='NewBlockHeader'" },
});

/** A header's event has a few kilobytes. */
const MOST_BYTES = 1024 * 1024;
const HANDSHAKE_MS = 10_000;
const FIRST_WAIT_MS = 1_000;
/** A node behind a proxy may never allow a websocket. */
const LONGEST_WAIT_MS = 60_000;
/** Blocks without a hint: the node has dropped the subscription. */
const SILENT_BLOCKS = 5;

export interface NewBlockSubscription {
  /** Resolves with the next hint, at once when one has come since the last call, or after `ms`. */
  wait(ms: number): Promise<void>;
  /** Counts a block that was found by polling: after several without a hint the websocket is opened anew. */
  found(): void;
  close(): void;
}

export function subscribeToNewBlocks({ base, query, headers }: EndpointAddress): NewBlockSubscription {
  let socket: WebSocket | undefined;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = FIRST_WAIT_MS;
  let isClosed = false;
  let isHinted = false;
  let silentBlocks = 0;
  let wake = (): void => undefined;

  function connect(): void {
    const options = { headers: { ...headers }, handshakeTimeout: HANDSHAKE_MS, maxPayload: MOST_BYTES };
    const opened = new WebSocket(
      atRoute(query === '' ? base : `${base}?${query}`, '/websocket').replace(/^http/i, 'ws'),
      options,
    );
    socket = opened;
    opened.on('open', () => opened.send(SUBSCRIBE));
    opened.on('message', () => {
      waitMs = FIRST_WAIT_MS;
      silentBlocks = 0;
      isHinted = true;
      wake();
    });
    // A close follows.
    opened.on('error', () => undefined);
    opened.on('close', again);
  }

  function again(): void {
    if (isClosed) return;
    timer = setTimeout(connect, waitMs);
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }

  connect();
  return {
    async wait(ms) {
      if (!isHinted && !isClosed)
        await new Promise<void>((resolve) => {
          const late = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(late);
            resolve();
          };
        });
      isHinted = false;
    },
    found() {
      if (++silentBlocks <= SILENT_BLOCKS) return;
      silentBlocks = 0;
      socket?.terminate();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      socket?.terminate();
      wake();
    },
  };
}
