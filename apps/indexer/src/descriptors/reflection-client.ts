import { BaleenError } from '@baleen/chain';
import type { DescMethod, DescMethodStreaming, DescMethodUnary, Message } from '@bufbuild/protobuf';
import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { listAllInterfaces, listImplementations, serverReflectionInfo } from './reflection-services.ts';

/** What a node's gRPC server tells of its message types. */
export interface ReflectionClient {
  /** Full names of services. */
  services(): Promise<readonly string[]>;
  /** Type URLs of all implementations of the SDK's interfaces (`cosmos.base.v1beta1.Msg` and others); none where the node
   * does not serve the SDK's reflection. */
  implementations(): Promise<readonly string[]>;
  /** Returns the FileDescriptorProto bytes of the file that defines a message or service, perhaps with those of the files that it imports.
   * undefined if the node has no such symbol. */
  filesOfSymbol(symbol: string): Promise<readonly Uint8Array[] | undefined>;
  /** Returns the FileDescriptorProto bytes of the file of this name, like `filesOfSymbol`. */
  filesOfName(name: string): Promise<readonly Uint8Array[] | undefined>;
}

type Request =
  | { readonly listServices: string }
  | { readonly fileContainingSymbol: string }
  | { readonly fileByFilename: string };

interface Response {
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorCode: number; readonly errorMessage: string };
}

/** Milliseconds for one answer. A file takes a node a millisecond; a far one behind a proxy takes longer. */
const TIMEOUT_MS = 30_000;
/** Bytes of one answer. The largest file of today's SDK has 70 kB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Connects to a node's gRPC server when first asked.
 *
 * @param url  `http://host:9090`, `https://host`: with TLS, or `host:9090` without */
export function openReflection(url: string, signal: AbortSignal): ReflectionClient {
  const baseUrl = baseUrlOf(url);
  const transport = createGrpcTransport({ baseUrl, readMaxBytes: MAX_ANSWER_BYTES });
  return new GrpcReflection(transport, url, signal);
}

class GrpcReflection implements ReflectionClient {
  private readonly transport: Transport;
  private readonly url: string;
  private readonly signal: AbortSignal;
  /** The version of gRPC's reflection that the node answered to. */
  private method: DescMethod | undefined;

  constructor(transport: Transport, url: string, signal: AbortSignal) {
    this.transport = transport;
    this.url = url;
    this.signal = signal;
  }

  async services(): Promise<readonly string[]> {
    const { listServicesResponse } = await this.ask({ listServices: '*' });
    return (listServicesResponse?.service ?? []).map(({ name }) => name);
  }

  async implementations(): Promise<readonly string[]> {
    const all = await this.askCosmos(listAllInterfaces, {});
    const found = new Set<string>();
    for (const interfaceName of stringsOf(all, 'interfaceNames')) {
      const answer = await this.askCosmos(listImplementations, { interfaceName });
      for (const name of stringsOf(answer, 'implementationMessageNames')) found.add(name);
    }
    return [...found];
  }

  filesOfSymbol(symbol: string): Promise<readonly Uint8Array[] | undefined> {
    return this.files({ fileContainingSymbol: symbol });
  }

  filesOfName(name: string): Promise<readonly Uint8Array[] | undefined> {
    return this.files({ fileByFilename: name });
  }

  private async files(request: Request): Promise<readonly Uint8Array[] | undefined> {
    const { fileDescriptorResponse, errorResponse } = await this.ask(request);
    if (errorResponse === undefined) return fileDescriptorResponse?.fileDescriptorProto;
    if (errorResponse.errorCode === Code.NotFound) return undefined;
    throw new BaleenError(
      'source',
      'DESCRIPTORS_REFUSED',
      `ask ${this.url} for ${Object.values(request)[0]}: expected a file descriptor, found error ${errorResponse.errorCode}: ${errorResponse.errorMessage}; ask another node of the chain`,
    );
  }

  /** Tries both versions of the service until one answers, and stays with it. */
  private async ask(request: Request): Promise<Response> {
    for (const method of this.method === undefined ? serverReflectionInfo : [this.method]) {
      const answer = await this.stream(method as DescMethodStreaming, request);
      if (answer === undefined) continue;
      this.method = method;
      return answer;
    }
    throw new BaleenError(
      'operator',
      'DESCRIPTORS_NO_REFLECTION',
      `ask ${this.url} for its services: expected a node with gRPC reflection, found none; ask another node, or make a FileDescriptorSet of the module's .proto files (buf build -o, protoc --include_imports -o)`,
    );
  }

  /** Sends a request and returns the response; undefined if the node does not serve this method. */
  private stream(method: DescMethodStreaming, request: Request): Promise<Response | undefined> {
    return this.served(async () => {
      const input = (async function* () {
        yield { ...request };
      })();
      const { message } = await this.transport.stream(method, this.signal, TIMEOUT_MS, undefined, input);
      for await (const answer of message) return answer as unknown as Response;
      throw new ConnectError('no answer', Code.Unavailable);
    });
  }

  private askCosmos(method: DescMethod, request: Record<string, unknown>): Promise<Message | undefined> {
    return this.served(async () => {
      const unary = method as DescMethodUnary;
      return (await this.transport.unary(unary, this.signal, TIMEOUT_MS, undefined, request)).message;
    });
  }

  private async served<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ConnectError) || this.signal.aborted) throw error;
      if (error.code === Code.Unimplemented) return undefined;
      throw new BaleenError(
        'source',
        'DESCRIPTORS_UNREACHABLE',
        `ask the gRPC server ${this.url}: expected an answer, found ${Code[error.code]}: ${error.rawMessage}; check address and port (a node's gRPC listens on 9090, apart from RPC on 26657)`,
        { cause: error },
      );
    }
  }
}

function baseUrlOf(url: string): string {
  const withScheme = url.includes('://') ? url : `http://${url}`;
  const parsed = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (parsed !== undefined && (parsed.protocol === 'http:' || parsed.protocol === 'https:'))
    return withScheme.replace(/\/+$/, '');
  throw new BaleenError(
    'operator',
    'CLI_OPTIONS',
    `descriptors fetch: expected the address of a gRPC server, like http://host:9090 or https://host:443, found ${url}`,
  );
}

const stringsOf = (message: Message | undefined, name: string): readonly string[] =>
  (message as unknown as Record<string, readonly string[]> | undefined)?.[name] ?? [];
