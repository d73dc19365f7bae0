/** Answers of a REST server beside SQL's, counted by route. */
import { answeredValue, isSame, type RestAnswer } from './answer.ts';
import { isFirstPage } from './pages.ts';
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
  /** Number of answers that differ from SQL's answer and equal what `Route.otherwise` gives. */
  otherwise: number;
  readonly differences: Difference[];
}

/** Counts the answers at one height that tell whether the node is in the special state of `Route.otherwise`.
 *
 * A node in that state gives all of its answers so (`SpecialState.ofAllAnswers`). */
export interface Witness {
  readonly reason: string;
  readonly height: number;
  /** Number of answers that a node in the special state gives, and of answers that it does not give. */
  agree: number;
  contradict: number;
  /** Number of answers that only a node in the special state gives. */
  explained: number;
}

export class Comparison {
  readonly routes = new Map<Route, RouteCount>();
  readonly witnesses = new Map<string, Witness>();

  /** @returns false: the two can't be compared, as the server's error says nothing about the chain or SQL does not have it */
  add(answer: RestAnswer, route: Route, { found, otherwise }: SqlAnswer): boolean {
    const recorded = answeredValue(answer, route);
    if (found === NOT_FROM_STATE || recorded === undefined) return false;
    const count = this.countOf(route);
    const equal = isSame(recorded, found, route) || isFirstPage(recorded, found, route);
    const agrees = route.otherwise !== undefined && isSame(recorded, otherwise, route);
    if (route.otherwise?.ofAllAnswers) this.testify(route.otherwise.reason, answer.height, agrees, equal);
    count.compared++;
    if (equal) count.equal++;
    else if (agrees) count.otherwise++;
    else count.differences.push({ route, request: answer.request, height: answer.height, recorded, found });
    return true;
  }

  countOf(route: Route): RouteCount {
    const known = this.routes.get(route);
    if (known !== undefined) return known;
    const count = { compared: 0, equal: 0, otherwise: 0, differences: [] };
    this.routes.set(route, count);
    return count;
  }

  sum(of: 'compared' | 'equal' | 'otherwise'): number {
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
