/** Against a gRPC server that answers from the descriptors of columbus-5's node. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { baleen, temporaryFolder } from '@baleen/testing';
import { createFileRegistry, type DescService, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { afterEach, describe, expect, test } from 'vitest';
import { listAllInterfaces, serverReflectionInfo } from './reflection-services.ts';

const COLUMBUS_5 = new URL(
  '../../../../packages/decode/descriptors/terra-columbus5.binpb.gz',
  import.meta.url,
);
const readSet = (bytes: Uint8Array): FileDescriptorSet => fromBinary(FileDescriptorSetSchema, bytes);
const KNOWN = readSet(gunzipSync(readFileSync(COLUMBUS_5)));

interface Node {
  readonly version?: 0 | 1;
  readonly hasCosmosReflection?: boolean;
  readonly hidden?: readonly string[];
}

const servers: Http2Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** @returns its address */
async function startNode(routes: (router: ConnectRouter) => void): Promise<string> {
  const server = createServer(connectNodeAdapter({ routes }));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const INTERFACES: Readonly<Record<string, readonly string[]>> = {
  'cosmos.base.v1beta1.Msg': ['/cosmos.bank.v1beta1.MsgSend', '/terra.market.v1beta1.MsgSwap'],
  'cosmos.crypto.PubKey': ['/cosmos.crypto.secp256k1.PubKey'],
};

function reflecting({ version = 1, hasCosmosReflection = true, hidden = [] }: Node) {
  const files = KNOWN.file.filter(({ name }) => !hidden.includes(name));
  const registry = createFileRegistry(KNOWN);
  const fileOf = (symbol: string): FileDescriptorProto | undefined => {
    const name = (registry.getMessage(symbol) ?? registry.getService(symbol))?.file.proto.name;
    return files.find((file) => file.name === name);
  };
  const answer = (request: Record<string, string>): object => {
    if (request.listServices !== '')
      return { listServicesResponse: { service: [{ name: 'cosmos.bank.v1beta1.Query' }] } };
    const file = request.fileContainingSymbol
      ? fileOf(request.fileContainingSymbol)
      : files.find(({ name }) => name === request.fileByFilename);
    if (file === undefined) return { errorResponse: { errorCode: Code.NotFound, errorMessage: 'not found' } };
    return {
      fileDescriptorResponse: { fileDescriptorProto: [toBinary(FileDescriptorProtoSchema, file)] },
    };
  };
  return (router: ConnectRouter): void => {
    router.service(
      serverReflectionInfo[version]!.parent as DescService,
      {
        async *serverReflectionInfo(requests: AsyncIterable<Record<string, string>>) {
          for await (const request of requests) yield answer(request);
        },
      } as object,
    );
    if (!hasCosmosReflection) return;
    router.service(
      listAllInterfaces.parent as DescService,
      {
        listAllInterfaces: () => ({ interfaceNames: Object.keys(INTERFACES) }),
        listImplementations: ({ interfaceName }: { interfaceName: string }) => ({
          implementationMessageNames: INTERFACES[interfaceName],
        }),
      } as object,
    );
  };
}

const fetchTo = async (url: string) => {
  const out = join(temporaryFolder('descriptors'), 'set.binpb');
  return { out, ended: await baleen(['descriptors', 'fetch', url, '--out', out]) };
};

describe('baleen descriptors fetch', () => {
  test.each([0, 1] as const)(
    'writes the files of services, of types and of what they import, imports first (reflection version %i)',
    async (version) => {
      const { out, ended } = await fetchTo(await startNode(reflecting({ version })));
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const set = readSet(readFileSync(out));
      expect(ended.stdout).toBe(`${out}: ${set.file.length} files, of 1 services and 3 types\n`);
      const names = set.file.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['cosmos/bank/v1beta1/tx.proto', 'gogoproto/gogo.proto']));
      for (const [index, { dependency }] of set.file.entries())
        expect(names.slice(0, index)).toEqual(expect.arrayContaining(dependency));
      for (const file of set.file) expect(file).toEqual(KNOWN.file.find(({ name }) => name === file.name));
    },
  );

  test('takes the services alone where a node does not serve the reflection of the SDK', async () => {
    const { out, ended } = await fetchTo(await startNode(reflecting({ hasCosmosReflection: false })));
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('1 services and 0 types') });
    expect(readSet(readFileSync(out)).file.map(({ name }) => name)).not.toContain(
      'terra/market/v1beta1/tx.proto',
    );
  });

  test('names an import that the node does not have, and writes the rest', async () => {
    const hidden = ['gogoproto/gogo.proto'];
    const { out, ended } = await fetchTo(await startNode(reflecting({ hidden })));
    expect(ended).toMatchObject({ code: 0, stderr: 'not at this node: gogoproto/gogo.proto\n' });
    expect(readSet(readFileSync(out)).file.length).toBeGreaterThan(5);
  });

  test('ends with 2 and the way to make a set by hand where a node has no reflection', async () => {
    const { out, ended } = await fetchTo(await startNode(() => {}));
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/no[nt].*buf build/) });
    expect(existsSync(out)).toBe(false);
  });

  test('ends with 3 where nobody listens, or where the server is not one of gRPC', async () => {
    const nobody = await fetchTo('127.0.0.1:1');
    expect(nobody.ended).toMatchObject({ code: 3, stderr: expect.stringContaining('listens on 9090') });
    const failing = await startNode((router) =>
      router.service(
        serverReflectionInfo[0]!.parent as DescService,
        {
          // biome-ignore lint/correctness/useYield: it fails before the first answer
          async *serverReflectionInfo() {
            throw new ConnectError('database closed', Code.Internal);
          },
        } as object,
      ),
    );
    const { ended } = await fetchTo(failing);
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('Internal: database closed') });
  });

  test('ends with 2 for an address that is none', async () => {
    const { ended } = await fetchTo('ftp://host:9090');
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('like http://host:9090') });
  });
});
