import { createServer } from 'node:net';

/** First choice: high enough for any user, next to the usual 5432 in memory, below the ports that the kernel hands to clients. */
const PREFERRED_PORT = 15432;

/** The remembered port when it is free, else the preferred one, else any that the kernel gives. */
export async function freePort(remembered: number | undefined): Promise<number> {
  for (const port of [remembered, PREFERRED_PORT]) {
    if (port !== undefined && (await listenOnce(port)) !== undefined) return port;
  }
  const port = await listenOnce(0);
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  return port;
}

/** Tries to listen on a port, and returns the port; undefined if it is in use. */
function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
