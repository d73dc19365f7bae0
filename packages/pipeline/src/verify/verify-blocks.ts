/** Proves blocks that were read back from rows by their hashes, and compares all rows with what they make. */
import type { Block, BlockRange, EraName } from '@baleen/chain';
import { type BlockProof, type BlockProver, createBlockProver } from '@baleen/decode';
import { openStoredRows, type RowFault, type Uncompared } from '@baleen/store/stored-rows';
import { FaultList, type VerifyFault } from './fault-list.ts';

/** What a thread that verifies is started with. Plain data. */
export interface VerifyOptions {
  readonly databaseUrl: string;
  readonly chainId: string;
  readonly era: EraName;
  readonly checksSignatures: boolean;
}

export interface VerifiedBatch {
  readonly range: BlockRange;
  /** At most 1,000. */
  readonly faults: readonly VerifyFault[];
  /** Number of faults that are left out. */
  readonly moreFaults: number;
  readonly uncompared: readonly Uncompared[];
  /** Commits and signatures in them that were verified. */
  readonly commits: number;
  readonly signatures: number;
  readonly unknownKeyTypes: readonly string[];
}

export interface Verifier {
  /** Verifies a batch of neighbours. What links the first one with the last of the batch before is checked, too, if they follow each
   * other. */
  blocks(blocks: readonly Block[]): Promise<VerifiedBatch>;
  close(): Promise<void>;
}

/** @throws BaleenError the database can't be reached */
export async function openVerifier(options: VerifyOptions): Promise<Verifier> {
  const { databaseUrl, chainId, era, checksSignatures } = options;
  const rows = await openStoredRows(databaseUrl, chainId);
  const prover = createBlockProver(era, checksSignatures);
  let previous: Block | undefined;
  return {
    async blocks(blocks) {
      const proofs = blocks.map((block) => {
        const outcome = outcomeOf(
          prover,
          block,
          previous?.height === block.height - 1 ? previous : undefined,
        );
        previous = outcome.block;
        return outcome;
      });
      const proved = proofs.flatMap(({ block }) => block ?? []);
      const compared = proved.length === 0 ? { faults: [], uncompared: [] } : await rows.compare(proved);
      const faults = new FaultList();
      for (const fault of proofs.flatMap((each) => each.faults)) faults.add(fault);
      for (const fault of compared.faults) faults.add(faultOfRow(fault));
      return {
        range: { from: blocks[0]!.height, to: blocks.at(-1)!.height },
        faults: faults.faults,
        moreFaults: faults.more,
        uncompared: compared.uncompared,
        commits: proofs.filter(({ proof }) => proof?.isCommitChecked).length,
        signatures: proofs.reduce((sum, { proof }) => sum + (proof?.signatures ?? 0), 0),
        unknownKeyTypes: [...new Set(proofs.flatMap(({ proof }) => proof?.unknownKeyTypes ?? []))],
      };
    },
    close: () => rows.close(),
  };
}

interface Outcome {
  /** undefined: the block could not be read as one of its era. */
  readonly block: Block | undefined;
  readonly proof: BlockProof | undefined;
  readonly faults: readonly VerifyFault[];
}

function outcomeOf(prover: BlockProver, read: Block, previous: Block | undefined): Outcome {
  try {
    const proof = prover.prove(read, previous);
    return { block: proof.block, proof, faults: proof.refuted };
  } catch (error) {
    return { block: undefined, proof: undefined, faults: [unreadable(read.height, error)] };
  }
}

/** A block whose parts are not of the form that its era has. */
export const unreadable = (height: number | undefined, error: unknown): VerifyFault => ({
  height,
  field: 'its rows',
  expected: 'a block as the chain writes it',
  found: withoutHeight(error instanceof Error ? error.message : String(error)),
});

/** What neighbours share reads the same at each: the height that the message begins with is the fault's own. */
const withoutHeight = (message: string): string =>
  message.replace(/^read the stored block \d+ of [^:]+: /, '');

/** What the digests of a block are about. */
const DIGESTED: Readonly<Record<string, string>> = {
  'digests.facts':
    'code, codespace, gas, log or info of a tx, a validator update, the consensus params, or a power in evidence',
  'digests.events': 'an event',
  'digests.texts': 'bytes of a log, an info, a codespace or an event that are no text',
};

/** A fault of a row, in words. A digest is what was made at indexing, and what the rows make must be equal to it. */
export function faultOfRow({ table, column, key, height, isShared, ...values }: RowFault): VerifyFault {
  const name = column === undefined ? table : `${table}.${column}`;
  const { expected, found } = values;
  const about = DIGESTED[name];
  if (about !== undefined)
    return { height, field: `${name} (${about})`, expected: found, found: expected, isOfHeight: true };
  const field = key === '' ? name : `${name} (${key})`;
  return { height, field, expected, found, ...(isShared && { isShared }) };
}
