/** What nodes and the gateways in front of them answer in trouble: see docs/operating.md. */
import type { Fault } from '@baleen/testing';

const answer = (status: number, body: string, type = 'text/html'): Fault => ({
  ...{ kind: 'answer', status, body },
  headers: { 'content-type': type },
});

const refused = (status: number, message: string, data?: string): Fault =>
  answer(
    status,
    JSON.stringify({ jsonrpc: '2.0', id: -1, error: { code: -32603, message, data } }),
    'application/json',
  );

export const SHAPES: Readonly<Record<string, Fault>> = {
  empty200: answer(200, ''),
  html200: answer(200, '<html><title>Just a moment...</title></html>'),
  errstring200: answer(200, '{"error":"API rate limit exceeded"}', 'application/json'),
  403: answer(403, '{"error":"rate limited"}', 'application/json'),
  404: answer(404, 'default backend - 404'),
  408: answer(408, '<html>408</html>'),
  jsonrpc200: refused(200, 'Too many requests', 'rate limit exceeded, try again later'),
  jsonrpc429: refused(429, 'limit exceeded'),
  empty429: answer(429, ''),
  503: answer(503, 'x'),
  closed: refused(500, 'Internal error', 'leveldb: closed'),
  panic: refused(500, 'Internal error', 'runtime error: invalid memory address or nil pointer dereference'),
  timeout: refused(500, 'Internal error', 'context deadline exceeded'),
  cut: { kind: 'cut', bytes: 40 },
};
