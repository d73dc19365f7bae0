/** The health of the endpoints of one source, summed over the threads that read it. */
import type { EndpointHealth } from '@baleen/source';

/** Threads count requests since they opened the source; each walk is told only of those since `begin`. */
export class HealthSum<Thread> {
  /** The last report of each thread, in the order in which they came. */
  private readonly said = new Map<Thread, readonly EndpointHealth[]>();
  private earlier = new Map<string, EndpointHealth>();

  /** Begins a walk: what was counted until now is left out of its sums. */
  begin(): void {
    this.earlier = this.total();
  }

  /** Forgets all threads; call it when they have ended. */
  clear(): void {
    this.said.clear();
    this.earlier.clear();
  }

  /** Takes in the report of a thread.
   * @returns one entry per endpoint or folder, with the counts since `begin` */
  put(thread: Thread, endpoints: readonly EndpointHealth[]): readonly EndpointHealth[] {
    this.said.delete(thread);
    this.said.set(thread, endpoints);
    return [...this.total().values()].map((each) => plus(each, this.earlier.get(each.address), -1));
  }

  private total(): Map<string, EndpointHealth> {
    const total = new Map<string, EndpointHealth>();
    for (const endpoints of this.said.values())
      for (const each of endpoints) total.set(each.address, plus(each, total.get(each.address), 1));
    return total;
  }
}

/** Adds the counts of two reports, or subtracts the earlier ones; all other fields are those of the later report. */
const plus = (later: EndpointHealth, earlier: EndpointHealth | undefined, sign: 1 | -1): EndpointHealth =>
  earlier === undefined
    ? later
    : {
        ...later,
        requests: later.requests + sign * earlier.requests,
        errors: later.errors + sign * earlier.errors,
        bytes: later.bytes + sign * earlier.bytes,
      };
