/** Lines of `baleen inspect` about the application: one, or one per span of the source's heights. */
import { applicationNamed, type ChosenApplication, chooseApplications } from '@baleen/decode/applications';
import type { SourceInfo } from '@baleen/source';

type Signs = Pick<SourceInfo, 'chainId' | 'era' | 'applicationSigns' | 'nodeVersion' | 'base' | 'head'>;

/** Name and text of each line. */
export function applicationFacts(info: Signs): [string, string][] {
  const spans = spansOf(info);
  return spans.map(({ from, to, chosen }) => {
    const heights = spans.length === 1 ? '' : `${from}..${to} `;
    return ['software', `${heights}${textOf(chosen)}`];
  });
}

function spansOf({ base, head, ...signs }: Signs) {
  const chosen = chooseApplications(signs);
  return chosen
    .map((each, index) => ({
      chosen: each,
      from: Math.max(base, index === 0 ? base : each.from),
      to: Math.min(head, (chosen[index + 1]?.from ?? Number.POSITIVE_INFINITY) - 1),
    }))
    .filter(({ from, to }) => from <= to);
}

function textOf({ name, reason, isKnown }: ChosenApplication): string {
  const { software, transactions } = applicationNamed(name);
  if (isKnown) return `${name}: ${software}, as ${reason}`;
  return transactions.encoding === 'amino'
    ? "not known: a tx is decoded by the name it begins with; messages that are not the SDK's own may stay raw"
    : `not known: txs are decoded as those of ${software}; messages of other modules stay raw`;
}
