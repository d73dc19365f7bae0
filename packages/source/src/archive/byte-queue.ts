/** Takes exact numbers of bytes from a stream of chunks. */
export class ByteQueue {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private current: Uint8Array = new Uint8Array(0);
  private pos = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next `length` bytes; fewer, or none, at the end. */
  async take(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.pos === this.current.length) {
        const next = await this.chunks.next();
        if (next.done === true) break;
        this.current = next.value;
        this.pos = 0;
      }
      const part = this.current.subarray(this.pos, this.pos + missing);
      this.pos += part.length;
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1
      ? Buffer.from(parts[0]!.buffer, parts[0]!.byteOffset, parts[0]!.length)
      : Buffer.concat(parts);
  }
}
