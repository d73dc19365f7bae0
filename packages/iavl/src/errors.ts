import { BaleenError } from '@baleen/chain';

/** Says in an error message what was being read: `read store bank at version 306 of /data/application.db`. */
export const readingStore = (path: string, store: string, version: number): string =>
  `read store ${store} at version ${version} of ${path}`;

export const corrupt = (context: string, expected: string, found: string, cause?: unknown): BaleenError =>
  new BaleenError(
    'data',
    'IAVL_CORRUPT',
    `${context}: expected ${expected}, found ${found}; the database is damaged, read another copy`,
    cause === undefined ? {} : { cause },
  );

export const nodeMissing = (context: string, hash: string): BaleenError =>
  new BaleenError(
    'data',
    'IAVL_NODE_MISSING',
    `${context}: expected node ${hash}, found none; the database is incomplete, read another version or another copy`,
  );

/** @param kept  says in words which versions near the wanted one still exist */
export const versionPruned = (context: string, kept: string): BaleenError =>
  new BaleenError(
    'operator',
    'IAVL_VERSION_PRUNED',
    `${context}: expected a kept version, found that it was pruned; ${kept}`,
  );

export const versionUnknown = (context: string, latest: number): BaleenError =>
  new BaleenError(
    'operator',
    'IAVL_VERSION_UNKNOWN',
    `${context}: expected a version from 1 to the latest, ${latest}; name one of these`,
  );

export const storeUnknown = (context: string, known: readonly string[]): BaleenError =>
  new BaleenError(
    'operator',
    'IAVL_STORE_UNKNOWN',
    `${context}: expected one of the stores ${known.join(', ')}, found none of that name; transient stores are never written`,
  );

export const storeWithoutTree = (context: string, kind: string): BaleenError =>
  new BaleenError(
    'operator',
    'IAVL_NO_TREE',
    `${context}: expected an IAVL store, found a ${kind}; its contents are not in the database`,
  );

export const empty = (path: string): BaleenError =>
  new BaleenError(
    'operator',
    'IAVL_EMPTY',
    `open ${path}: expected key s/latest, found none; the node has not committed a block yet, or this is no application.db`,
  );
