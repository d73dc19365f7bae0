import { uniformName } from './registry.ts';
import type { Registration } from './schema.ts';

/** The same types under the names that the SDK gives by default: `cosmos-sdk/Msg` instead of `module/Msg`. Public keys keep
 * Tendermint's. The uniform name of a message stays that of its module.
 *
 * (x/<module>/codec.go at cosmos-sdk v0.34.0; x/<module>/internal/types/codec.go at v0.37.14, v0.39.3.) */
export const withCosmosSdkNames = (registrations: readonly Registration[]): Registration[] =>
  registrations.map((registration) => {
    const { name, group } = registration;
    if (group === 'key') return registration;
    const renamed = { ...registration, name: `cosmos-sdk/${name.slice(name.indexOf('/') + 1)}` };
    return group === 'message' ? { ...renamed, successor: uniformName(registration) } : renamed;
  });
