/** How patient workers are. All follows from one figure that people set. */
export interface Timing {
  /** A worker that says nothing for so long loses its job to another. */
  readonly leaseMs: number;
  /** Between two looks at the ledger for work that the queue has lost. */
  readonly sweepMs: number;
  /** Between two asks of queues that are empty. */
  readonly pollMs: number;
  /** Before the first retry of a failed job; doubled each time. */
  readonly backoffMs: number;
}

export const DEFAULT_LEASE_SECONDS = 30;

export function timingOf(leaseSeconds: number = DEFAULT_LEASE_SECONDS): Timing {
  const leaseMs = leaseSeconds * 1000;
  return {
    leaseMs,
    sweepMs: leaseMs * 2,
    pollMs: Math.min(1000, leaseMs / 10),
    backoffMs: Math.min(1000, leaseMs / 2),
  };
}
