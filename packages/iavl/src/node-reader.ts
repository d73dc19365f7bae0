import { BaleenError } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { corrupt, nodeMissing } from './errors.ts';
import { decodeNode, hashStored, type IavlNode } from './node.ts';
import { fromLatin1, type OrderedReader } from './reader.ts';

/** `s/k:<store>/` · `n` · hash. */
const NODE = 'n';

/** Fetches nodes of one store by their hash. A node is handed out only if its contents have the hash that it was asked by:
 * whoever starts at a proved root gets nothing that the root does not cover. */
export class NodeReader {
  /** For errors: store, version and path. */
  readonly context: string;
  private readonly db: OrderedReader;
  private readonly key: Buffer;
  private readonly hashAt: number;

  /** @param prefix  of the store's keys, `s/k:<store>/` */
  constructor(db: OrderedReader, prefix: string, context: string) {
    this.db = db;
    this.context = context;
    const head = Buffer.from(prefix + NODE, 'latin1');
    this.hashAt = head.length;
    this.key = Buffer.alloc(head.length + 32);
    this.key.set(head);
  }

  /** The node of a hash, and its bytes; these may be views of the database's cache.
   * @param hash  a byte a character
   * @throws BaleenError `IAVL_NODE_MISSING`, `IAVL_CORRUPT`, the database's own */
  read(hash: string): { node: IavlNode; bytes: Uint8Array } {
    this.key.write(hash, this.hashAt, 'latin1');
    const bytes = this.db.get(this.key);
    if (bytes === undefined) throw nodeMissing(this.context, inHex(hash));
    const node = this.decode(hash, bytes);
    const found = hashStored(bytes, node);
    if (found !== hash)
      throw corrupt(`${this.context}, node ${inHex(hash)}`, 'contents of that hash', `hash ${inHex(found)}`);
    return { node, bytes };
  }

  private decode(hash: string, bytes: Uint8Array): IavlNode {
    try {
      return decodeNode(bytes);
    } catch (error) {
      if (!(error instanceof BaleenError)) throw error;
      throw corrupt(`${this.context}, node ${inHex(hash)}`, 'an IAVL node', error.message, error);
    }
  }
}

const inHex = (hash: string): string => toHex(fromLatin1(hash));
