/** Values of RPC's JSON, after their shape is known. */
import { BaleenError } from '@baleen/chain';
import type { z } from 'zod';
import { NO_BYTES } from '../tendermint/header.ts';

/** Parses an answer, or says which field of it is not as it should be. */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  route: string,
  json: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues);
  const path = issue.path.map(String).join('.');
  throw malformed(`${route}${path === '' ? '' : `: ${path}`}: ${issue.message}`);
}

interface DeepIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The issue with the longest path. In a union it belongs to the alternative that fits best; the other alternatives are the shapes of
 * other versions. */
function deepest(issues: readonly z.core.$ZodIssue[]): DeepIssue {
  let found: DeepIssue = { path: [], message: 'expected another shape' };
  for (const issue of issues)
    for (const { path, message } of deepIssuesOf(issue))
      if (path.length >= found.path.length) found = { path, message };
  return found;
}

function deepIssuesOf(issue: z.core.$ZodIssue): DeepIssue[] {
  if (issue.code !== 'invalid_union') return [{ path: issue.path, message: issue.message }];
  return issue.errors.map((errors) => {
    const { path, message } = deepest(errors);
    return { path: [...issue.path, ...path], message };
  });
}

export const malformed = (message: string): BaleenError =>
  new BaleenError('data', 'DECODE_MALFORMED', message);

export const fromHex = (text: string): Uint8Array =>
  text === '' ? NO_BYTES : new Uint8Array(Buffer.from(text, 'hex'));

export function fromBase64(text: string | null | undefined): Uint8Array {
  if (!text) return NO_BYTES;
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  if (Math.ceil(bytes.length / 3) * 4 !== text.length)
    throw malformed(`expected base64, found '${text.slice(0, 80)}'`);
  return bytes;
}

export const toInteger = (value: number | string | undefined): number => {
  const number = Number(value ?? 0);
  if (!Number.isSafeInteger(number)) throw malformed(`expected a whole number below 2^53, found ${value}`);
  return number;
};

export const toBigInt = (value: number | string | undefined): bigint => BigInt(value ?? 0);
