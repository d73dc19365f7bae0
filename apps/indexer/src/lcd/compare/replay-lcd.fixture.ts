/** A REST server that answers what a real one had answered about a bundled chain. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FixtureName, fixture, readJsonLines } from '@baleen/testing';

export interface Recorded {
  readonly status: number;
  /** Where a redirect leads to. */
  readonly location?: string;
  readonly text: string;
}

export interface ReplayedLcd {
  readonly url: string;
  /** Requests in order, as they were sent. */
  readonly requests: readonly string[];
  /** Headers of each. */
  readonly headers: readonly IncomingMessage['headers'][];
  /** Most requests that were open at once. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** @param change  what is answered instead; `stall`: nothing, ever */
export async function replayLcd(
  chain: FixtureName,
  change: (request: string, answer: Recorded, nth: number) => Recorded | 'stall' = (_, answer) => answer,
): Promise<ReplayedLcd> {
  const answers = readAnswers(chain);
  const requests: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  let open = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++open);
    response.once('close', () => open--);
    const nth = requests.filter((each) => each === request.url).length;
    requests.push(request.url!);
    headers.push(request.headers);
    const recorded = answers.get(keyOf(request)) ?? { status: 501, text: '{"error":"was not recorded"}' };
    give(response, change(request.url!, recorded, nth));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    headers,
    get mostAtOnce() {
      return mostAtOnce;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function give(response: ServerResponse, answer: Recorded | 'stall'): void {
  if (answer === 'stall') return;
  const location = answer.location === undefined ? {} : { location: answer.location };
  response.writeHead(answer.status, { 'content-type': 'application/json', ...location }).end(answer.text);
}

/** The gateway was told the height in a header, the legacy servers in the query; txs were asked for without one. */
const keyOf = ({ url, headers }: IncomingMessage): string =>
  `${url!.replaceAll('%2F', '/')} ${headers['x-cosmos-block-height'] ?? ''}`;

interface Line extends Recorded {
  readonly height: number;
  readonly request: string;
  readonly response: unknown;
}

function readAnswers(chain: FixtureName): Map<string, Recorded> {
  const lines = ['lcd-state.jsonl.gz', 'lcd-txs.jsonl.gz'].flatMap((file) =>
    readJsonLines<Line>(fixture(chain, file)),
  );
  const answers = new Map<string, Recorded>();
  for (const { height, request, status, response } of lines) {
    const text = typeof response === 'string' ? response : JSON.stringify(response);
    const isGateway = /^\/(cosmos|terra)\//.test(request);
    for (const told of isGateway ? [`${height}`, ''] : ['', `${height}`])
      answers.set(`${request} ${told}`, { status, text });
  }
  return answers;
}
