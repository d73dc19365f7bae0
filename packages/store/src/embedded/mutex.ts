/** One command at a time starts or stops the server of a folder.
 *
 * The lock is an abstract unix socket: the kernel gives its name to one process and takes it back when that process
 * ends, however it ends. A lock file would have to be judged stale; this can't be. */
import { statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BaleenError } from '@baleen/chain';

/** initdb and the recovery of a big cluster after a crash take long; more than this is a hang. */
const MUTEX_TIMEOUT_MS = 15 * 60_000;
const RETRY_MS = 50;

export async function withMutex<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = await acquire(folder);
  try {
    return await work();
  } finally {
    await new Promise((done) => lock.close(done));
  }
}

async function acquire(folder: string): Promise<Server> {
  const { dev, ino } = statSync(folder);
  const deadline = Date.now() + MUTEX_TIMEOUT_MS;
  for (;;) {
    const lock = await tryListen(`\0baleen-embedded-${dev}-${ino}`);
    if (lock !== undefined) return lock;
    if (Date.now() > deadline)
      throw new BaleenError(
        'operator',
        'EMBEDDED_BUSY',
        `start embedded Postgres in ${folder}: another baleen command has been starting or stopping it for ${MUTEX_TIMEOUT_MS / 60_000} minutes; end that command`,
      );
    await sleep(RETRY_MS);
  }
}

/** Tries to listen on a name, which only one process can do; undefined if another process has the name. */
function tryListen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
}
