import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { defineCommand, option } from '../cli/command.ts';
import { EXIT } from '../cli/exit-codes.ts';

const SHOWN_MISSING = 20;

export const descriptorsFetch = defineCommand({
  name: 'descriptors fetch',
  summary: "fetch a FileDescriptorSet of a chain's messages from a node's gRPC reflection",
  details:
    'Modules that Baleen does not bring along are decoded with it: baleen index SOURCE --descriptors FILE.',
  options: z.object({
    grpcUrl: option(z.string(), {
      help: "address of the node's gRPC server: http://host:9090, https://host:443",
      positional: true,
    }),
    out: option(z.string().default('descriptors.binpb'), { help: 'file to write', value: 'FILE' }),
  }),
  async run({ grpcUrl, out }, { signal, print, say }) {
    const { openReflection } = await import('../descriptors/reflection-client.ts');
    const { fetchDescriptors } = await import('../descriptors/fetch-descriptors.ts');
    const { set, files, services, types, missing } = await fetchDescriptors(openReflection(grpcUrl, signal));
    // Written whole or not at all.
    await writeFile(`${out}.part`, set);
    await rename(`${out}.part`, out);
    print(`${out}: ${files} files, of ${services} services and ${types} types`);
    for (const name of missing.slice(0, SHOWN_MISSING)) say(`not at this node: ${name}`);
    if (missing.length > SHOWN_MISSING) say(`and ${missing.length - SHOWN_MISSING} more`);
    return EXIT.done;
  },
});
