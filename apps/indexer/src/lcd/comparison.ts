/** Answers of a REST server beside SQL's, counted by route. */
import { answeredValue, isSame, type RestAnswer } from './answer.ts';
import { isFirstPageOf } from './pages.ts';
import { NOT_FROM_STATE, type Route } from './route.ts';
import type { SqlAnswer } from './sql-answers.ts';

export interface Difference {
  readonly route: Route;
  readonly request: string;
  readonly height: number;
  /** REST's value, without the envelope of the legacy servers. */
  readonly recorded: unknown;
  /** SQL's value. */
  readonly found: unknown;
}

export interface RouteCount {
  compared: number;
  equal: number;
  /** Number of REST answers that differ from SQL's usual answer and equal the one by `Route.explained`. */
  explained: number;
  readonly differences: Difference[];
}

/** Counts the answers at one height that show whether the reason of a `Route.explained` holds for the node.
 *
 * It holds for all of the node's answers or for none (`ExplainedAnswer.ofAllAnswers`). */
export interface Witness {
  readonly reason: string;
  readonly height: number;
  /** Number of answers that a node gives for this reason, and of answers that it would not give. */
  agree: number;
  contradict: number;
  /** Number of answers that a node gives only for this reason. */
  explained: number;
}

export class Comparison {
  readonly routes = new Map<Route, RouteCount>();
  readonly witnesses = new Map<string, Witness>();

  /** Compares REST's answer with SQL's, and counts the result.
   * @returns false if the two can't be compared, because the server's error says nothing about the chain or the database lacks the answer */
  add(answer: RestAnswer, route: Route, { found, explained }: SqlAnswer): boolean {
    const recorded = answeredValue(answer, route);
    if (found === NOT_FROM_STATE || recorded === undefined) return false;
    const count = this.countOf(route);
    const equal = isSame(recorded, found, route) || isFirstPageOf(recorded, found, route);
    const agrees = route.explained !== undefined && isSame(recorded, explained, route);
    if (route.explained?.ofAllAnswers) this.testify(route.explained.reason, answer.height, agrees, equal);
    count.compared++;
    if (equal) count.equal++;
    else if (agrees) count.explained++;
    else count.differences.push({ route, request: answer.request, height: answer.height, recorded, found });
    return true;
  }

  countOf(route: Route): RouteCount {
    const known = this.routes.get(route);
    if (known !== undefined) return known;
    const count = { compared: 0, equal: 0, explained: 0, differences: [] };
    this.routes.set(route, count);
    return count;
  }

  sum(of: 'compared' | 'equal' | 'explained'): number {
    return [...this.routes.values()].reduce((all, count) => all + count[of], 0);
  }

  get differences(): Difference[] {
    return [...this.routes.values()].flatMap(({ differences }) => differences);
  }

  /** Heights at which a node contradicts itself: some answers are only given in the special state, others
   * never in it. */
  get contradictions(): Witness[] {
    return [...this.witnesses.values()].filter(
      ({ explained, contradict }) => explained > 0 && contradict > 0,
    );
  }

  private testify(reason: string, height: number, agrees: boolean, equal: boolean): void {
    const key = `${height} ${reason}`;
    const witness = this.witnesses.get(key) ?? { reason, height, agree: 0, contradict: 0, explained: 0 };
    this.witnesses.set(key, witness);
    if (agrees) witness.agree++;
    else witness.contradict++;
    if (agrees && !equal) witness.explained++;
  }
}
