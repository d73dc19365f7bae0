/** What the threads of a source say of the places that they ask, as one. */
import type { EndpointHealth } from '@baleen/source';

/** They count from when they opened the source; a walk is told of its own share. */
export class HealthSum<Thread> {
  /** The one that spoke last stands last. */
  private readonly said = new Map<Thread, readonly EndpointHealth[]>();
  private earlier = new Map<string, EndpointHealth>();

  /** What was counted until now is not of the next walk. */
  begin(): void {
    this.earlier = this.total();
  }

  /** Threads that have ended count no more. */
  clear(): void {
    this.said.clear();
    this.earlier.clear();
  }

  /** @returns one entry per place, since `begin` */
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

/** Counts add up; of the rest the later one is right. */
const plus = (later: EndpointHealth, earlier: EndpointHealth | undefined, sign: 1 | -1): EndpointHealth =>
  earlier === undefined
    ? later
    : {
        ...later,
        requests: later.requests + sign * earlier.requests,
        errors: later.errors + sign * earlier.errors,
        bytes: later.bytes + sign * earlier.bytes,
      };
