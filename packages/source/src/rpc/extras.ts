/** Facts about a height that Baleen can do without, since some gateways deny them to everybody. */
import { type Endpoint, isAbove, keepsBlock } from './endpoint.ts';
import type { EndpointPool, Question } from './endpoint-pool.ts';

/** The routes of these facts. */
export const EXTRAS = { validators: '/validators', params: '/consensus_params' } as const;

/** Returns true if all endpoints deny the route to everybody, so that none need be asked. */
export function isDeniedByAll({ endpoints }: EndpointPool, route: string): boolean {
  const described = endpoints.flatMap((each) => (each.refused === undefined ? (each.described ?? []) : []));
  return described.length > 0 && described.every(({ denied }) => denied.includes(route));
}

/** Says which endpoints to ask for such a fact about a height. */
export function whoGives(route: string, height: number): Pick<Question, 'where' | 'perhaps'> {
  const gives = (endpoint: Endpoint): boolean => !endpoint.described?.denied.includes(route);
  return {
    where: (endpoint) => keepsBlock(endpoint, height) && gives(endpoint),
    perhaps: (endpoint) => isAbove(endpoint, height) && gives(endpoint),
  };
}
