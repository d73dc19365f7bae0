/** What a user says of a chain's application: its name, and descriptors of modules that Baleen does not bring along. */
import { readFileSync } from 'node:fs';
import { type ApplicationSpan, BaleenError, type GivenApplication } from '@baleen/chain';
import { z } from 'zod';
import { option } from './command.ts';

const NAME_AT_HEIGHT = /^([^@]+)(?:@(\d+))?$/;

/** Texts of `--application`, as `givenApplication` reads them. */
export const applicationSchema = z.array(z.string()).default([]);

export const application = option(applicationSchema, {
  help: "the application whose txs these are, where Baleen doesn't tell it; counts when a chain is indexed first; with @HEIGHT from that height on; may stand several times",
  value: 'NAME[@HEIGHT]',
  repeatable: true,
});

export const descriptors = option(z.array(z.string()).default([]), {
  help: 'a FileDescriptorSet of modules that Baleen does not bring along (baleen descriptors fetch, buf, protoc); may stand several times',
  value: 'FILE',
  repeatable: true,
});

/** @throws BaleenError operator `CLI_APPLICATION`, `CLI_DESCRIPTORS` */
export async function givenApplication(options: {
  readonly application: readonly string[];
  readonly descriptors: readonly string[];
}): Promise<GivenApplication> {
  if (options.application.length + options.descriptors.length === 0) return {};
  const { applications, countMessages } = await import('@baleen/decode/applications');
  const names = applications.map(({ name }) => name);
  const named = options.application.map((text) => spanOf(text, names));
  return {
    ...(named.length > 0 && { named: named.sort((left, right) => left.from - right.from) }),
    ...(options.descriptors.length > 0 && {
      descriptors: options.descriptors.map((file) => readDescriptors(file, countMessages)),
    }),
  };
}

function spanOf(text: string, names: readonly string[]): ApplicationSpan {
  const [, name = '', height = '0'] = NAME_AT_HEIGHT.exec(text) ?? [];
  if (names.includes(name)) return { name, from: Number(height) };
  throw new BaleenError(
    'operator',
    'CLI_APPLICATION',
    `--application ${text}: expected NAME or NAME@HEIGHT with one of the names ${names.join(', ')}; leave it out to have it found`,
  );
}

function readDescriptors(file: string, countMessages: (set: Uint8Array) => number): Uint8Array {
  try {
    const set = readFileSync(file);
    if (countMessages(set) > 0) return set;
    throw new Error('it defines no message');
  } catch (error) {
    throw new BaleenError(
      'operator',
      'CLI_DESCRIPTORS',
      `--descriptors ${file}: expected a FileDescriptorSet, found: ${(error as Error).message}; make one with baleen descriptors fetch, buf build -o or protoc --include_imports -o`,
      { cause: error },
    );
  }
}
