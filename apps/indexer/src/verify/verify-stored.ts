import { type BlockRange, shownRange } from '@baleen/chain';
import { type Trusted, type VerifyProgress, type VerifyReport, verifyChain } from '@baleen/pipeline';
import type { Store, Verification } from '@baleen/store';
import type { HeightsAsked } from '../cli/heights.ts';
import { heightsNotThere, storedChain, storedRange } from '../stored-chain.ts';

/** Faults that the view `verifications` keeps. */
const MOST_KEPT = 100;

export interface VerifyStoredOptions {
  readonly store: Store;
  readonly databaseUrl: string;
  /** undefined: the only chain of the database. */
  readonly chain?: string | undefined;
  readonly asked?: HeightsAsked | undefined;
  readonly signatures: boolean;
  readonly trust?: Trusted | undefined;
  /** `FileDescriptorSet`s with which the blocks were indexed. */
  readonly descriptors?: readonly Uint8Array[] | undefined;
  readonly workers?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: VerifyProgress) => void;
}

/** Verifies stored heights of a chain and notes the outcome in the database.
 *
 * @throws BaleenError operator `CLI_WHICH_CHAIN`, `STORE_UNKNOWN_CHAIN`, `CLI_HEIGHTS_NOT_THERE`; of the database */
export async function verifyStored(options: VerifyStoredOptions): Promise<VerifyReport> {
  const { store, databaseUrl, asked, trust: trusted, signatures: checksSignatures } = options;
  const { chainId, stored } = await storedChain(store, options.chain, 'verify');
  const range = withTrusted(storedRange({ chainId, stored }, asked, 'verify'), stored, trusted);
  const startedAt = new Date();
  const report = await verifyChain({
    store,
    ...{
      source: { kind: 'stored', databaseUrl, chainId, descriptors: options.descriptors, isAsWritten: true },
      range,
      trusted,
      checksSignatures,
    },
    looksBesides: asked === undefined,
    workers: options.workers,
    signal: options.signal,
    onProgress: options.onProgress,
  });
  await store.recordVerification(verificationOf(report, startedAt, options));
  return report;
}

/** Reaches as far as the trusted height: each header between is verified. */
function withTrusted(range: BlockRange, stored: BlockRange, trusted: Trusted | undefined): BlockRange {
  if (trusted === undefined) return range;
  const { height } = trusted;
  if (height < stored.from || height > stored.to)
    throw heightsNotThere({ chainId: 'the chain', stored }, `verify: --trust of height ${height}`);
  return { from: Math.min(range.from, height), to: Math.max(range.to, height) };
}

function verificationOf(
  report: VerifyReport,
  startedAt: Date,
  { signatures, trust }: VerifyStoredOptions,
): Verification {
  const { chainId, range, faults, faultCount, notCompared } = report;
  const lacksDigests = notCompared.some(({ table }) => table === 'digests');
  return {
    ...{ chainId, range, startedAt, faultCount },
    result: resultOf(report),
    blocks: heightsIn(report.verified),
    missing: heightsIn(report.missing),
    proved: [
      'hashes',
      'rows',
      ...(lacksDigests ? [] : ['digests']),
      ...(signatures ? ['signatures'] : []),
      ...(trust === undefined ? [] : ['trust']),
    ],
    signatures: report.signatures,
    trusted: trust && { height: trust.height, hash: Buffer.from(trust.hash, 'hex') },
    notCompared: notCompared.flatMap(({ table, ranges }) =>
      ranges.map((range) => `${table} ${shownRange(range)}`),
    ),
    faults: faults.slice(0, MOST_KEPT).map(({ height, toHeight = height, field, expected, found }) => ({
      ...{ height, to_height: toHeight },
      ...{ field, expected, found },
    })),
  };
}

const heightsIn = (ranges: readonly BlockRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

function resultOf({
  faultCount,
  interrupted,
  missing,
  notCompared,
  untied,
}: VerifyReport): Verification['result'] {
  if (faultCount > 0) return 'faults';
  if (interrupted) return 'interrupted';
  return missing.length + notCompared.length + untied.length > 0 ? 'incomplete' : 'proved';
}
