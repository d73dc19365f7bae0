/** Cuts PostgreSQL's wire protocol into messages. */

export interface Frame {
  /** `Q`, `d`, `C` ...; empty for the client's first message, which has no type. */
  readonly type: string;
  readonly body: Buffer;
  /** The whole message as it came. */
  readonly bytes: Buffer;
}

const LENGTH_BYTES = 4;

/** Cuts a stream into messages; what is not whole yet waits for the next chunk. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #untyped: boolean;

  /** @param untypedFirst the client's first message has no type byte */
  constructor(untypedFirst: boolean) {
    this.#untyped = untypedFirst;
  }

  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    const typeBytes = this.#untyped ? 0 : 1;
    if (this.#rest.length < typeBytes + LENGTH_BYTES) return undefined;
    const end = typeBytes + this.#rest.readUInt32BE(typeBytes);
    if (this.#rest.length < end) return undefined;
    const bytes = this.#rest.subarray(0, end);
    this.#rest = this.#rest.subarray(end);
    this.#untyped = false;
    return {
      type: bytes.toString('latin1', 0, typeBytes),
      body: bytes.subarray(typeBytes + LENGTH_BYTES),
      bytes,
    };
  }
}

/** SQL of a simple or a parsed query; undefined for other messages. */
export function sqlOf({ type, body }: Frame): string | undefined {
  if (type === 'Q') return body.toString('utf8', 0, body.indexOf(0));
  if (type !== 'P') return undefined;
  const start = body.indexOf(0) + 1;
  return body.toString('utf8', start, body.indexOf(0, start));
}

/** Tag of a completed command (`COMMIT`, `COPY 12`); undefined for other messages. */
export const completedTag = ({ type, body }: Frame): string | undefined =>
  type === 'C' ? body.toString('latin1', 0, body.indexOf(0)) : undefined;
