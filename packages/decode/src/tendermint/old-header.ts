/** Headers of Tendermint 0.31 and 0.32, written and hashed: two counts of txs more than later ones. */
import type { Header } from '@baleen/chain';
import { WireWriter } from '@baleen/codec';
import { encodeBlockId, encodeTime, encodeVersion, lastHeaderFields, nested } from './encode-block.ts';

/** The bytes that `decodeOldHeader` reads. */
export function encodeOldHeader(header: Header): Uint8Array {
  const writer = new WireWriter();
  nested(writer, 1, encodeVersion(header), 'amino').text(2, header.chainId).varint(3, header.height);
  nested(writer, 4, encodeTime(header.time), 'amino');
  writer.varint(5, header.numTxs ?? 0n).varint(6, header.totalTxs ?? 0n);
  nested(writer, 7, encodeBlockId(header.lastBlockId, 'amino'), 'amino');
  for (const [index, bytes] of lastHeaderFields(header).entries()) writer.bytes(index + 8, bytes);
  return writer.finish();
}
