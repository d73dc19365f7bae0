import { BaleenError, type BlockRange } from '@baleen/chain';
import { type Trusted, type VerifyProgress, type VerifyReport, verifyChain } from '@baleen/pipeline';
import type { Store, Verification } from '@baleen/store';
import type { HeightsAsked } from '../cli/heights.ts';

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
  const { chainId, stored } = await chainOf(options);
  const range = withTrusted(rangeOf(chainId, stored, asked), stored, trusted);
  const startedAt = new Date();
  const report = await verifyChain({
    store,
    ...{
      source: { kind: 'stored', databaseUrl, chainId, descriptors: options.descriptors },
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

interface StoredChain {
  readonly chainId: string;
  /** Lowest and highest stored height. */
  readonly stored: BlockRange;
}

async function chainOf({ store, chain }: VerifyStoredOptions): Promise<StoredChain> {
  const rows = await store.query(
    `select chain_id, min(from_height)::text as low, max(to_height)::text as high
     from baleen_store.ranges where kind = 'blocks' group by chain_id order by chain_id`,
  );
  const chains = rows.map(({ chain_id, low, high }) => ({
    chainId: chain_id as string,
    stored: { from: Number(low), to: Number(high) },
  }));
  const names = chains.map(({ chainId }) => chainId).join(', ');
  const [found, other] = chains.filter(({ chainId }) => (chain ?? chainId) === chainId);
  if (found === undefined)
    throw new BaleenError(
      'operator',
      'STORE_UNKNOWN_CHAIN',
      `verify: expected blocks of ${chain ?? 'a chain'} in the database, found ${names || 'none'}; next: baleen index SOURCE`,
    );
  if (other !== undefined)
    throw new BaleenError(
      'operator',
      'CLI_WHICH_CHAIN',
      `verify: expected one chain in the database or --chain, found ${names}; name one with --chain`,
    );
  return found;
}

/** The heights that were asked for; an open end reaches as far as blocks are stored. */
function rangeOf(chainId: string, stored: BlockRange, asked: HeightsAsked | undefined): BlockRange {
  const range = { from: asked?.from ?? stored.from, to: asked?.to ?? stored.to };
  if (range.from <= range.to && range.from <= stored.to && range.to >= stored.from) return range;
  throw notThere(chainId, stored, `heights ${asked?.from ?? ''}..${asked?.to ?? ''}`);
}

/** Reaches as far as the trusted height: each header between is verified. */
function withTrusted(range: BlockRange, stored: BlockRange, trusted: Trusted | undefined): BlockRange {
  if (trusted === undefined) return range;
  const { height } = trusted;
  if (height < stored.from || height > stored.to)
    throw notThere('the chain', stored, `--trust of height ${height}`);
  return { from: Math.min(range.from, height), to: Math.max(range.to, height) };
}

const notThere = (chainId: string, { from, to }: BlockRange, what: string): BaleenError =>
  new BaleenError(
    'operator',
    'CLI_HEIGHTS_NOT_THERE',
    `verify: ${what}: expected heights that are stored, found ${from}..${to} of ${chainId}; ask for some of these`,
  );

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
      ranges.map(({ from, to }) => `${table} ${from}..${to}`),
    ),
    faults: faults.slice(0, MOST_KEPT),
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
