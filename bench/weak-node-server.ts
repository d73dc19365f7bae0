/** A node that suffers from what it is asked, as Terra's did: each request that it works on holds memory, its garbage collector makes
 * all of them slower, and when memory is full the system kills it; it is back some seconds later, and remembers nothing.
 *
 * Runs as a process of its own (`fork`), so that it does not share a thread with who asks. Answers are recorded ones. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { replayRpc } from '@baleen/testing';

export interface WeakNode {
  /** Held by a request from its arrival to its answer: a block's results decoded, printed, and their garbage. */
  readonly bytesPerRequest: number;
  readonly idleBytes: number;
  readonly mostBytes: number;
  /** Answers are worked on one after another; so long each, without others. */
  readonly answerMs: number;
  /** Requests in flight that double the time of an answer. */
  readonly doubledBy: number;
  /** From being killed until it answers again. */
  readonly restartMs: number;
}

export interface WeakNodeReport {
  readonly mostInFlight: number;
  readonly peakBytes: number;
  /** How often it was out of memory. */
  readonly killed: number;
  readonly answered: number;
  readonly refused: number;
  /** From arrival to answer, ms, of those that were answered. */
  readonly latencies: readonly number[];
}

export const WEAK_NODE: WeakNode = {
  bytesPerRequest: 64e6,
  idleBytes: 400e6,
  mostBytes: 2e9,
  answerMs: 5,
  doubledBy: 8,
  restartMs: 3_000,
};

async function serve(file: string, node: WeakNode): Promise<void> {
  const recorded = await replayRpc([file]);
  const state = { inFlight: 0, mostInFlight: 0, killed: 0, answered: 0, refused: 0, downUntil: 0 };
  const latencies: number[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    const arrivedAt = performance.now();
    if (arrivedAt < state.downUntil) {
      state.refused++;
      response.destroy();
      return;
    }
    state.mostInFlight = Math.max(state.mostInFlight, ++state.inFlight);
    response.once('close', () => state.inFlight--);
    if (node.idleBytes + state.inFlight * node.bytesPerRequest > node.mostBytes) {
      state.killed++;
      state.downUntil = arrivedAt + node.restartMs;
      server.closeAllConnections();
      return;
    }
    queue = queue.then(() => work(request, response, arrivedAt)).catch(() => response.destroy());
  });

  async function work(request: IncomingMessage, response: ServerResponse, arrivedAt: number): Promise<void> {
    if (response.destroyed) return;
    await sleep(node.answerMs * (1 + (state.inFlight - 1) / node.doubledBy));
    if (response.destroyed) return;
    const answer = await fetch(recorded.url + request.url, {
      method: request.method!,
      ...(request.method === 'POST' && { body: await text(request) }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    latencies.push(performance.now() - arrivedAt);
    state.answered++;
  }

  server.listen(0, '127.0.0.1', () => {
    process.send!({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  process.on('message', () => {
    const { mostInFlight, killed, answered, refused } = state;
    const peakBytes = node.idleBytes + mostInFlight * node.bytesPerRequest;
    process.send!({ mostInFlight, peakBytes, killed, answered, refused, latencies } satisfies WeakNodeReport);
  });
}

if (process.argv[1] === import.meta.filename && process.send !== undefined)
  await serve(process.argv[2]!, WEAK_NODE);
