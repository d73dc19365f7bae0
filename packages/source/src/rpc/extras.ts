/** Facts beside a block that can be done without. Some gateways deny them to everybody. */
import { type Endpoint, isAbove, keepsBlock } from './endpoint.ts';
import type { EndpointPool, Question } from './endpoint-pool.ts';

/** Their routes. */
export const EXTRAS = { validators: '/validators', params: '/consensus_params' } as const;

/** Whether no endpoint gives a fact to anybody, so that nobody need be asked. */
export function isDeniedByAll({ endpoints }: EndpointPool, route: string): boolean {
  const described = endpoints.flatMap((each) => (each.refused === undefined ? (each.described ?? []) : []));
  return described.length > 0 && described.every(({ denied }) => denied.includes(route));
}

/** EndpointPreference to ask for the fact of a height. */
export function whoGives(route: string, height: number): Pick<Question, 'where' | 'perhaps'> {
  const gives = (endpoint: Endpoint): boolean => !endpoint.described?.denied.includes(route);
  return {
    where: (endpoint) => keepsBlock(endpoint, height) && gives(endpoint),
    perhaps: (endpoint) => isAbove(endpoint, height) && gives(endpoint),
  };
}
