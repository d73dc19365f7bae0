/** A proxy between a client and Postgres that reports each message and can hold it back, so that a kill comes at an exact place. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { completedTag, type Frame, FrameReader, sqlOf } from './frames.ts';

/** Where the writing of a batch stands when a message passes.
 *
 * before: no byte of a batch was sent, or all batches are done and indexes are built; copying: some were, COMMIT was not; commit: this message is the COMMIT of a
 * transaction that copied; committed: this is the server's word that it is done, not yet seen by the client. */
export type Moment = 'before' | 'copying' | 'commit' | 'committed';

export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Called for each message before it goes on; the message, and those behind it, wait for the promise. One that is rejected cuts the
 * connection: the message never arrives. */
export type Watcher = (moment: Moment) => Promise<void> | undefined;

/** @param serverPort  asked for at each connection: a server may come back on another one */
export async function startProxy(serverPort: () => number, watch: Watcher): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(serverPort(), '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
    }
    const transaction = { copied: false };
    relay(client, upstream, new FrameReader(true), (frame) => sent(frame, transaction, watch));
    relay(upstream, client, new FrameReader(false), (frame) => answered(frame, transaction, watch));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('proxy: no port');
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { port: address.port, close };
}

interface Transaction {
  /** A CopyData message was sent since BEGIN. */
  copied: boolean;
}

function sent(frame: Frame, transaction: Transaction, watch: Watcher): Promise<void> | undefined {
  if (frame.type === 'd') transaction.copied = true;
  if (!transaction.copied) return watch('before');
  if (/^\s*rollback/i.test(sqlOf(frame) ?? '')) transaction.copied = false;
  return watch(/^\s*(commit|end)\b/i.test(sqlOf(frame) ?? '') ? 'commit' : 'copying');
}

function answered(frame: Frame, transaction: Transaction, watch: Watcher): Promise<void> | undefined {
  if (!transaction.copied || completedTag(frame) !== 'COMMIT') return undefined;
  transaction.copied = false;
  return watch('committed');
}

function relay(
  from: Socket,
  to: Socket,
  reader: FrameReader,
  hold: (frame: Frame) => Promise<void> | undefined,
): void {
  let queue: Promise<void> = Promise.resolve();
  const forward = async (chunk: Buffer): Promise<void> => {
    for (const frame of reader.push(chunk)) {
      await hold(frame);
      if (!to.destroyed && !to.write(frame.bytes)) await drained(to);
    }
    from.resume();
  };
  from.on('data', (chunk: Buffer) => {
    from.pause();
    queue = queue
      .then(() => forward(chunk))
      .catch(() => {
        from.destroy();
        to.destroy();
      });
  });
  from.once('close', () => void queue.then(() => to.end()));
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', () => resolve());
  });
