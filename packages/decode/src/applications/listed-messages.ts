import { readDescriptorSets } from '../protobuf/descriptor-set.ts';
import { readDescriptors } from '../protobuf/index.ts';
import type { Application } from './application.ts';

/** Name of a message that a tx may hold, and not of an answer to one. */
const IS_MESSAGE = /\.Msg[A-Z]\w*(?<!Response)$/;

/** Types of the messages that an application's txs may hold, as its chain calls them, in order of names: of protobuf, those of the first
 * alternative. */
export function listMessages({ transactions }: Application): string[] {
  if (transactions.encoding === 'protobuf') {
    const own = readDescriptorSets(transactions.descriptors[0]!.map(readDescriptors));
    return [...own.messages.keys()]
      .filter((name) => IS_MESSAGE.test(name))
      .map((name) => `/${name}`)
      .sort();
  }
  const registrations = [...new Set(transactions.registry.types.values())];
  return registrations
    .filter(({ group }) => group === 'message')
    .map(({ name }) => name)
    .sort();
}
