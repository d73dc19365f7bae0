/** Compares recorded REST answers with SQL's, and counts those that can't be compared. */
import type pg from 'pg';
import type { RestAnswer } from '../../apps/indexer/src/lcd/answer.ts';
import { Comparison } from '../../apps/indexer/src/lcd/comparison.ts';
import type { Api, Route } from '../../apps/indexer/src/lcd/route.ts';
import { createRouteTable, type RouteTable } from '../../apps/indexer/src/lcd/route-table.ts';
import { askSql } from '../../apps/indexer/src/lcd/sql-answers.ts';
import { type About, aboutOf, toldHeight } from './held-heights.ts';

export class Parity extends Comparison {
  /** Answers that no route covers. */
  readonly uncovered: RestAnswer[] = [];
  /** Answers that are not compared though their height is there, by route. */
  readonly missed = new Map<Route, number>();
  /** Answers of heights that the directory does not hold, by route. */
  readonly notHeld = new Map<Route, number>();
  readonly table: RouteTable;

  /** @param legacy  the chain's legacy server; the gateway's routes are always covered */
  constructor(legacy: Api) {
    super();
    this.table = createRouteTable([legacy, 'gateway-0.44']);
  }

  /** Height of the chain's head when these answers were given. */
  recordedAt(answers: readonly RestAnswer[]): number {
    return answers.reduce((highest, answer) => {
      const told = this.table.find(answer.request)?.route.of === undefined ? undefined : toldHeight(answer);
      return Math.max(highest, answer.height, told ?? 0);
    }, 0);
  }

  /** Returns what must be there for the answer to be compared; undefined: no route covers it. */
  aboutOf(answer: RestAnswer, recordedAt: number): About | undefined {
    const fit = this.table.find(answer.request);
    return fit && aboutOf(answer, fit.route, fit.parts, recordedAt);
  }

  leaveOut(answer: RestAnswer): void {
    countOne(this.notHeld, this.table.find(answer.request)!.route);
  }

  miss(answer: RestAnswer): void {
    countOne(this.missed, this.table.find(answer.request)!.route);
  }

  /** @param client  of `connect`, to a database with the state at the answer's height */
  async compare(client: pg.ClientBase, answer: RestAnswer): Promise<void> {
    const fit = this.table.find(answer.request);
    const isCompared = fit !== undefined && this.add(answer, fit.route, await askSql(client, fit));
    if (!isCompared) this.uncovered.push(answer);
  }
}

const countOne = (counts: Map<Route, number>, route: Route): void =>
  void counts.set(route, (counts.get(route) ?? 0) + 1);
