import { z } from 'zod';
import { option } from '../cli/command.ts';

/** The interface and port of an HTTP server. */
export interface ListenAddress {
  /** Host name or IP address on which the server listens; undefined means all interfaces. */
  readonly host: string | undefined;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';

/** `9464` is on loopback only; `0.0.0.0:9464`, `[::]:9464` and `:9464` are what they say. */
function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:(\[[\da-f:]*\]|[^:[\]]*):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) return undefined;
  const host = match[1]?.replace(/^\[|\]$/g, '');
  return { host: match[1] === undefined ? LOOPBACK : host || undefined, port };
}

export const metrics = option(
  z
    .string()
    .transform((text, context) => {
      const address = parseListenAddress(text);
      if (address === undefined)
        context.addIssue({ code: 'custom', message: 'expected 9464, 0.0.0.0:9464 or :9464' });
      return address ?? z.NEVER;
    })
    .optional(),
  {
    help: 'serve /metrics (Prometheus), /healthz and /readyz on this port, on loopback; 0.0.0.0:PORT or :PORT: on every interface',
    value: '[HOST:]PORT',
  },
);
