/** Intervals of a worker, in milliseconds. All are computed from the duration of a lease. */
export interface Timing {
  /** Duration of a lease. A worker that does not renew its lease for this long loses its job to another worker. */
  readonly leaseMs: number;
  /** Time between two sweeps, which compare the ledger with the queue. */
  readonly sweepMs: number;
  /** Time between two polls of empty queues. */
  readonly pollMs: number;
  /** Wait before the first retry of a failed job; it doubles with each try. */
  readonly backoffMs: number;
}

export const DEFAULT_LEASE_SECONDS = 30;

/** Computes the intervals from the duration of a lease in seconds. */
export function timingOf(leaseSeconds: number = DEFAULT_LEASE_SECONDS): Timing {
  const leaseMs = leaseSeconds * 1000;
  return {
    leaseMs,
    sweepMs: leaseMs * 2,
    pollMs: Math.min(1000, leaseMs / 10),
    backoffMs: Math.min(1000, leaseMs / 2),
  };
}
