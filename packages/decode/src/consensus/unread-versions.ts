import { isComet1, isComet038 } from './comet-signs.ts';
import type { StoredSigns } from './era.ts';

/** Names the versions that wrote databases which no era here reads. */
export function unreadVersions(signs: StoredSigns): string {
  const { keyLayout } = signs;
  if (keyLayout !== undefined) return `CometBFT 1.x (key layout '${keyLayout}')`;
  if (isComet1(signs)) return 'CometBFT 1.x';
  return isComet038(signs) ? 'CometBFT 0.38 or later' : 'an unknown version';
}
