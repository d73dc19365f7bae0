/** Versions of Tendermint and CometBFT as numbers. */

/** Numbers of a version, `[0, 34, 14]`. */
export type SoftwareVersion = readonly [major: number, minor: number, patch: number];

/** Returns the numbers at the beginning of a version's name; undefined if it has none. */
export function versionOf(text: string): SoftwareVersion | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Whether a version is `least` or later. */
export function isAtLeast(version: SoftwareVersion | undefined, least: SoftwareVersion): boolean {
  if (version === undefined) return false;
  const at = version.findIndex((part, index) => part !== least[index]);
  return at < 0 || version[at]! > least[at]!;
}
