const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;
const STRIPE_BYTES = 16;

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
const wordAt = (bytes: Uint8Array, pos: number): number =>
  bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24);
const round = (lane: number, word: number): number =>
  Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);

/** Computes XXH32 with seed 0 over bytes that come in pieces (Cyan4973/xxHash doc/xxhash_spec.md). */
export class XxHash32 {
  private readonly lanes = Int32Array.of(PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1);
  private readonly rest = Buffer.alloc(STRIPE_BYTES);
  private restLength = 0;
  private length = 0;

  update(bytes: Uint8Array): this {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.length += view.length;
    let pos = 0;
    if (this.restLength > 0) {
      pos = view.copy(this.rest, this.restLength);
      this.restLength += pos;
      if (this.restLength < STRIPE_BYTES) return this;
      this.mix(this.rest, 0, STRIPE_BYTES);
      this.restLength = 0;
    }
    const stripes = view.length - ((view.length - pos) % STRIPE_BYTES);
    this.mix(view, pos, stripes);
    pos = stripes;
    this.restLength = view.copy(this.rest, 0, pos);
    return this;
  }

  /** Returns the hash of all bytes so far, as an unsigned number. */
  digest(): number {
    const [a, b, c, d] = this.lanes as unknown as [number, number, number, number];
    let hash =
      this.length >= STRIPE_BYTES ? rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18) : PRIME_5;
    hash = (hash + this.length) | 0;
    let pos = 0;
    for (; pos + 4 <= this.restLength; pos += 4)
      hash = Math.imul(rotate((hash + Math.imul(wordAt(this.rest, pos), PRIME_3)) | 0, 17), PRIME_4);
    for (; pos < this.restLength; pos++)
      hash = Math.imul(rotate((hash + Math.imul(this.rest[pos]!, PRIME_5)) | 0, 11), PRIME_1);
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  /** Adds `bytes[start, end)`, which are whole stripes, to the hash. */
  private mix(bytes: Uint8Array, start: number, end: number): void {
    let [a, b, c, d] = this.lanes as unknown as [number, number, number, number];
    for (let pos = start; pos < end; pos += STRIPE_BYTES) {
      a = round(a, wordAt(bytes, pos));
      b = round(b, wordAt(bytes, pos + 4));
      c = round(c, wordAt(bytes, pos + 8));
      d = round(d, wordAt(bytes, pos + 12));
    }
    this.lanes.set([a, b, c, d]);
  }
}
