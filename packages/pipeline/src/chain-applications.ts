/** The applications that a source tells of, beside those by which the database has the chain read. */
import { type ApplicationChoice, BaleenError, type EraName } from '@baleen/chain';
import {
  type Application,
  applications,
  type ChosenApplication,
  chooseApplications,
  spanAt,
} from '@baleen/decode/applications';
import type { SourceInfo } from '@baleen/source';
import type { Store } from '@baleen/store';
import { storedPrefix } from './stored-prefix.ts';
import type { BlockSource } from './walk/block-source.ts';

/** What tells of a chain's applications, without the heights below the chain's first.
 * @param told  as `chooseApplications` returns them */
export function applicationsOf(
  told: readonly ChosenApplication[],
  initialHeight: number,
): ApplicationChoice[] {
  const first = spanAt(told, initialHeight);
  return [first, ...told.filter(({ from }) => from > initialHeight)].map(({ name, from, reason }) => ({
    name,
    from: Math.max(from, initialHeight),
    reason,
  }));
}

/** Says in words where a source tells of another application than the one by which its blocks are read.
 * @param inForce  in order of heights; not empty */
export function disagreements(info: SourceInfo, inForce: readonly ApplicationChoice[]): string[] {
  const { base, head, chainId, path } = info;
  const told = chooseApplications(info);
  const heights = [base, ...[...told, ...inForce].map(({ from }) => from)].filter(
    (height) => base <= height && height <= head,
  );
  const differing = [...new Set(heights)]
    .sort((one, other) => one - other)
    .map((height) => ({ height, told: spanAt(told, height), inForce: spanAt(inForce, height) }))
    .filter(({ told, inForce }) => told.isKnown && told.name !== inForce.name);
  const [first] = differing;
  if (first === undefined) return [];
  return [
    `${path} tells that ${chainId} runs ${textOf(first.told)} at height ${first.height}; the database has it read as ${textOf(first.inForce)}, ` +
      `and that counts; where it is wrong, baleen redecode --chain ${chainId} --application ${first.told.name}@${first.height} changes it`,
  ];
}

const textOf = ({ name, reason }: ApplicationChoice | ChosenApplication): string => `${name} (${reason})`;

/** Has a source read its blocks by the applications and the prefix of addresses that the database has for its chain, if it has the chain.
 * @throws BaleenError  as `readBy` */
export async function readByStored(source: BlockSource, store: Store): Promise<void> {
  const stored = await store.applications(source.info.chainId);
  if (stored.length > 0) readBy(source, stored, await storedPrefix(source.info.chainId, store));
}

/** Has a source read its txs by these applications.
 * @param bech32Prefix  of account addresses, for a source that does not tell it itself
 * @throws BaleenError  as `checkApplications` */
export function readBy(
  source: BlockSource,
  inForce: readonly ApplicationChoice[],
  bech32Prefix: string | undefined,
): void {
  checkApplications(source.info.chainId, source.info.era, inForce);
  source.readBy(inForce, bech32Prefix);
}

/** @throws BaleenError operator `CLI_APPLICATION`: this version does not know one of them, or its txs are encoded as no application of the
 * consensus era encodes them (amino or protobuf), so that all would stay raw */
export function checkApplications(chainId: string, era: EraName, stored: readonly ApplicationChoice[]): void {
  const encodings = new Set(applications.filter(({ consensus }) => consensus.includes(era)).map(encodingOf));
  for (const { name, from } of stored) {
    const known = applications.find((each) => each.name === name);
    if (known === undefined)
      throw unfit(
        `read the txs of ${chainId}: expected an application that this version knows, found ${name} in the database, from height ` +
          `${from} on; run the version that wrote it, or baleen redecode --chain ${chainId} --application NAME@${from}`,
      );
    if (!encodings.has(encodingOf(known)))
      throw unfit(
        `read the txs of ${chainId}: expected an application with ${[...encodings].join(' or ')} txs, as blocks of ${era} have them, ` +
          `found ${name} from height ${from} on, whose txs are ${encodingOf(known)}; give another --application, or none to have it found`,
      );
  }
}

const encodingOf = ({ transactions }: Application): string => transactions.encoding;

const unfit = (message: string): BaleenError => new BaleenError('operator', 'CLI_APPLICATION', message);
