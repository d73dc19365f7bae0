/** The true blocks of a chain, from the node's own directory. */
import { type Block, InvalidText, type TxResult } from '@baleen/chain';
import { toHex } from '@baleen/codec';
import { consensusEras } from '@baleen/decode/consensus';
import { openBlocks } from '@baleen/pipeline';
import { sourceAt } from '@baleen/source';
import { unpack } from '@baleen/testing';

export interface Truth {
  readonly heights: number;
  /** sha256 of the genesis document, in hexadecimal. */
  readonly genesisHash: string;
  /** What of a block is not so, of what hashes cover and of all; none: ''.
   * @param isProved  the header above was at hand, so that its results are covered */
  wrong(block: Block, isProved: boolean): { readonly covered: boolean; readonly any: boolean };
}

interface Told {
  readonly whole: string;
  readonly covered: string;
  readonly coveredWithoutResults: string;
}

export async function readTruth(folder: string): Promise<Truth> {
  const told = new Map<number, Told>();
  const data = await unpack(folder, 'data');
  using source = await openBlocks(sourceAt(data.path), {});
  const { era, base: from, head: to } = source.info;
  const isGasCovered = consensusEras[era].resultsHashCoversGas;
  const tell = (block: Block): Told => ({
    whole: text(block),
    covered: text(covered(block, isGasCovered, true)),
    coveredWithoutResults: text(covered(block, isGasCovered, false)),
  });
  for await (const { block } of source.blocks({ from, to })) told.set(block.height, tell(block));
  const summary = await source.genesis()!.summary();
  data.remove();
  return {
    heights: told.size,
    genesisHash: toHex(summary.hash),
    wrong(block, isProved) {
      const truth = told.get(block.height)!;
      const found = tell(block);
      const part = isProved ? 'covered' : 'coveredWithoutResults';
      return { covered: found[part] !== truth[part], any: found.whole !== truth.whole };
    },
  };
}

/** Without events, logs, info and codespace; of 0.33 without gas and the power in evidence; of params with what the consensus hash
 * covers only. */
function covered(block: Block, isGasCovered: boolean, hasResults: boolean): unknown {
  const resultOf = ({ code, data, gasWanted, gasUsed }: TxResult): unknown =>
    isGasCovered ? [code, data, gasWanted, gasUsed] : [code, data];
  const { results, consensusParams: params } = block;
  return {
    ...block,
    txs: block.txs.map(({ result, ...tx }) => [tx, hasResults && result && resultOf(result)]),
    results: hasResults && results && [results.txs.map(resultOf), results.hash],
    consensusParams: params && [params.blockMaxBytes, params.blockMaxGas],
    evidence: block.evidence.map(({ power, totalPower, ...each }) =>
      isGasCovered ? [each, power, totalPower] : each,
    ),
  };
}

const text = (value: unknown): string => JSON.stringify(plain(value));

/** Bytes as hexadecimal, whichever class holds them; fields in order of their names; a text that is not UTF-8 as RPC shows it. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof InvalidText) return value.text;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(fields.map(([name, each]) => [name, plain(each)]));
}
