/** Facts beside a block that can be done without. Some gateways deny them to everybody. */
import { isAbove, keepsBlock, type Member } from './member.ts';
import type { Pool, Question } from './pool.ts';

/** Their routes. */
export const EXTRAS = { validators: '/validators', params: '/consensus_params' } as const;

/** Whether no endpoint gives a fact to anybody, so that nobody need be asked. */
export function isDeniedByAll({ members }: Pool, route: string): boolean {
  const described = members.flatMap((each) => (each.refused === undefined ? (each.described ?? []) : []));
  return described.length > 0 && described.every(({ denied }) => denied.includes(route));
}

/** Whom to ask for the fact of a height. */
export function whoGives(route: string, height: number): Pick<Question, 'where' | 'perhaps'> {
  const gives = (member: Member): boolean => !member.described?.denied.includes(route);
  return {
    where: (member) => keepsBlock(member, height) && gives(member),
    perhaps: (member) => isAbove(member, height) && gives(member),
  };
}
