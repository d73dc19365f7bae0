import { z } from 'zod';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };

/** Reads `60s`, `5m`, `2h`, `1d` or plain seconds; returns undefined if the text is none of these. */
function parseSeconds(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = UNITS[match?.[2]?.toLowerCase() ?? 'none'];
  return unit === undefined ? undefined : Number(match![1]) * unit;
}

/** A duration as people type it, turned into seconds. */
export const secondsSchema = z.string().transform((text, context) => {
  const seconds = parseSeconds(text);
  if (seconds === undefined)
    context.addIssue({ code: 'custom', message: `expected a time like 60s, 5m or 2h, got "${text}"` });
  return seconds ?? z.NEVER;
});
