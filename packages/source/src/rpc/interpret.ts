/** What came over HTTP, read as a node's answer. */
import type { BaleenError } from '@baleen/chain';
import { operatorError } from '../errors.ts';
import { notRpc, RpcRefusal, TransientError, WrongAnswer } from './failures.ts';
import type { Response } from './request.ts';

/** Longest Retry-After that is obeyed, in milliseconds. A node that asks for more counts as unavailable. */
const LONGEST_PAUSE_MS = 120_000;
/** Number of characters of an unusable answer that messages show. */
const SHOWN_CHARACTERS = 80;

/** How a user gives a login or a key, for messages. */
export const LOGIN_WAYS = "http://user:password@host, http://host/?apikey=KEY or --header 'Name: value'";

/** Tendermint answers refusals with a JSON-RPC error, from 0.34 on with HTTP status 500. */
export function interpret(url: string, response: Response, text: string): unknown {
  const envelope = parsed(text);
  if (response.status === 429) throw failureOfResponse(url, response, text);
  if (isObject(envelope) && isObject(envelope.error)) throw new RpcRefusal(refusalText(envelope.error), url);
  if (isObject(envelope) && 'result' in envelope) return envelope.result;
  if (envelope === undefined && response.status < 400 && text.trimStart().startsWith('{'))
    throw new TransientError('an answer that is cut short');
  throw failureOfResponse(url, response, text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an answer is that no node gives. */
export function failureOfResponse(
  url: string,
  { status, headers, redirectedTo }: Response,
  text: string,
): TransientError {
  const retryAfterMs = retryAfter(headers['retry-after']);
  const shown = text.slice(0, SHOWN_CHARACTERS).trim();
  const found = `HTTP status ${status}${status < 400 ? `: ${shown || 'nothing'}` : ''}`;
  return new WrongAnswer(found, status, { retryAfterMs, verdict: verdictOn() });

  function verdictOn(): BaleenError | undefined {
    const asked = redirectedTo === undefined ? url : `${url} (redirected to ${redirectedTo})`;
    if (status === 408 || status === 429 || (status >= 500 && status !== 501)) return undefined;
    if (status !== 401 && status !== 403) return notRpc(asked, found);
    const login =
      redirectedTo === undefined ? '' : 'a login goes to the address alone that it was given for; ';
    return operatorError(
      'SOURCE_REFUSED',
      `ask ${asked}: expected an answer, found ${found}; the node wants a login: ${login}${LOGIN_WAYS}`,
    );
  }
}

/** Seconds or a date. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_PAUSE_MS, Math.max(0, ms));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A node's reason stands in `data`, its `message` only says `Internal error`. */
const refusalText = ({ data, message }: Readonly<Record<string, unknown>>): string =>
  String((isObject(data) ? JSON.stringify(data) : data) || message || 'no reason');
