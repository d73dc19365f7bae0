import type { BlockRange } from '@baleen/chain';
import { sql } from 'kysely';
import type { Queries } from '../postgres/connections.ts';

/** What `verify` did with a range, for the view `verifications`. */
export interface Verification {
  readonly chainId: string;
  readonly range: BlockRange;
  readonly startedAt: Date;
  readonly result: 'proved' | 'incomplete' | 'faults' | 'interrupted';
  /** Number of verified blocks, and of heights of the range that are not stored. */
  readonly blocks: number;
  readonly missing: number;
  /** hashes, rows, digests, signatures, trust. */
  readonly proved: readonly string[];
  readonly signatures: number;
  readonly trusted: { readonly height: number; readonly hash: Uint8Array } | undefined;
  /** Tables and heights in words: `digests 1..500`. */
  readonly notCompared: readonly string[];
  readonly faultCount: number;
  /** The first of them, as JSON objects. */
  readonly faults: readonly object[];
}

export async function recordVerification(db: Queries, verification: Verification): Promise<void> {
  const { range, trusted, faults, ...rest } = verification;
  await sql`
    insert into baleen_store.verifications (
      chain_id, from_height, to_height, started_at, result, blocks, missing, proved, signatures, trusted_height, trusted_hash,
      not_compared, fault_count, faults
    ) values (
      ${rest.chainId}, ${range.from}, ${range.to}, ${rest.startedAt}, ${rest.result}, ${rest.blocks}, ${rest.missing},
      ${rest.proved}, ${rest.signatures}, ${trusted?.height ?? null}, ${trusted && Buffer.from(trusted.hash)},
      ${rest.notCompared}, ${rest.faultCount}, ${JSON.stringify(faults)}
    )`.execute(db);
}
