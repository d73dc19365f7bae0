/** A kind of fact that a recording holds and a view shows, both brought to one form. */
import type { Client } from 'pg';
import { type Difference, firstDifference, type Json } from './json.ts';
import type { Recording } from './recording.ts';

export interface Recorded {
  /** Height the answer is about: beyond the indexed ones it is not expected in the database. */
  readonly height: number;
  readonly value: Json;
}

export interface Shown {
  /** Names the row in a report: `115/0`. */
  readonly key: string;
  /** Key of the recorded answer that this row must equal; a tx hash that stands in two blocks has one answer. */
  readonly recordedAs: string;
  readonly value: Json;
}

/** The database and the range of heights that it must hold. */
export interface Scope {
  readonly database: Client;
  readonly chainId: string;
  readonly from: number;
  readonly to: number;
  /** Last height whose results the source had. */
  readonly resultsTo: number;
}

export interface Kind {
  readonly name: string;
  readonly recorded: (recording: Recording) => Map<string, Recorded>;
  readonly shown: (scope: Scope, recording: Recording) => Promise<readonly Shown[]>;
  /** Last height at which the fact can be there; else the scope's last. */
  readonly last?: (scope: Scope) => number;
}

export interface FoundDifference extends Difference {
  readonly key: string;
}

export interface KindReport {
  readonly kind: string;
  readonly recorded: number;
  readonly compared: number;
  readonly equal: number;
  readonly different: number;
  /** Rows in the database that no answer was recorded for. */
  readonly notRecorded: number;
  readonly notRecordedKeys: readonly string[];
  /** Answers about heights that this directory doesn't hold. */
  readonly outside: number;
  readonly differences: readonly FoundDifference[];
}

/** Differences kept for printing; counting goes on. */
const KEPT = 5;

export async function compareKind(kind: Kind, recording: Recording, scope: Scope): Promise<KindReport> {
  const recorded = kind.recorded(recording);
  const shown = await kind.shown(scope, recording);
  const last = kind.last?.(scope) ?? scope.to;
  const differences: FoundDifference[] = [];
  const notRecordedKeys: string[] = [];
  const seen = new Set<string>();
  let compared = 0;
  for (const row of shown) {
    const answer = recorded.get(row.recordedAs);
    if (answer === undefined) {
      notRecordedKeys.push(row.key);
      continue;
    }
    seen.add(row.recordedAs);
    compared++;
    const difference = firstDifference(answer.value, row.value);
    if (difference !== undefined) differences.push({ key: row.key, ...difference });
  }
  let outside = 0;
  for (const [key, answer] of recorded) {
    if (seen.has(key)) continue;
    if (answer.height < scope.from || answer.height > last) outside++;
    else {
      compared++;
      differences.push({ key, path: ' (no row)', recorded: answer.value, shown: undefined });
    }
  }
  return {
    kind: kind.name,
    recorded: recorded.size,
    compared,
    equal: compared - differences.length,
    different: differences.length,
    notRecorded: notRecordedKeys.length,
    notRecordedKeys,
    outside,
    differences: differences.slice(0, KEPT),
  };
}
