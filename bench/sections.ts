/** Sections of docs/performance.md that other benches write: each `## Title` is replaced by who owns it, and kept by all others. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@baleen/testing';

const PAGE = join(ROOT, 'docs/performance.md');

/** The page without sections is written anew; its sections stay. */
export const writeHead = (head: string): void =>
  writeFileSync(PAGE, [head.trimEnd(), ...sectionsOf(readPage()).values()].join('\n\n').concat('\n'));

/** @param body  without its title */
export function writeSection(title: string, body: string): void {
  const page = readPage();
  const sections = sectionsOf(page);
  sections.set(title, `## ${title}\n\n${body.trimEnd()}`);
  const head = page.split(/^## /m)[0]!.trimEnd();
  writeFileSync(PAGE, [head, ...sections.values()].join('\n\n').concat('\n'));
}

const readPage = (): string => (existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '');

function sectionsOf(page: string): Map<string, string> {
  const [, ...sections] = page.split(/^(?=## )/m);
  return new Map(sections.map((text) => [/^## (.*)$/m.exec(text)![1]!, text.trimEnd()]));
}

/** When it was measured, and on how busy a machine.
 *
 * @param load  of the last minute before it */
export const loadText = (load: number): string =>
  `on ${new Date().toISOString().slice(0, 10)}, load average before it ${load.toFixed(1)}${load > cpus().length / 2 ? ' (**other programs were running: the figures are too low**)' : ''}`;
