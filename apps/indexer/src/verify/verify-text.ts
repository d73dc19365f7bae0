import { type BlockRange, countHeights, shownRange } from '@baleen/chain';
import { TRUSTED_FIELD, type VerifyFault, type VerifyReport } from '@baleen/pipeline';
import { grouped } from '../output/table.ts';

/** Faults that are printed; --json has up to a thousand. */
const MOST_PRINTED = 50;

/** The outcome, a sentence a line. */
export function verifyLines(report: VerifyReport, checksSignatures: boolean): string[] {
  const { chainId, range, faultCount, verified, interrupted } = report;
  const blocks = grouped(countHeights(verified));
  const outcome =
    faultCount === 0
      ? 'all that was compared is as it was indexed'
      : `${grouped(faultCount)} ${faultCount === 1 ? 'fault' : 'faults'}`;
  return [
    `${chainId} ${shownRange(range)}: ${blocks} blocks: ${outcome}`,
    ...report.faults.slice(0, MOST_PRINTED).map(faultLine),
    ...(faultCount > MOST_PRINTED
      ? [`… and ${grouped(faultCount - MOST_PRINTED)} more; --json shows the first 1,000`]
      : []),
    ...nextLines(report),
    ...(checksSignatures ? [signatureLine(report)] : []),
    ...unprovedLines(report),
    ...(interrupted ? ['interrupted: the heights above were not all verified'] : []),
  ];
}

function nextLines({ faults, faultCount }: VerifyReport): string[] {
  const isUntrusted = faults.some(({ field }) => field === TRUSTED_FIELD);
  return [
    ...(isUntrusted
      ? [
          'next: compare the hash of --trust with where you have it from; if it is right, these are the blocks of another chain, or forged: ' +
            'baleen forget the chain and index it from another source',
        ]
      : []),
    ...(faultCount > (isUntrusted ? 1 : 0)
      ? [
          'next: where a column is decoded from others, baleen redecode these heights; else baleen forget them and index them again',
        ]
      : []),
  ];
}

function faultLine({ height, toHeight = height, field, expected, found, isOfHeight }: VerifyFault): string {
  const place =
    height === undefined
      ? 'the chain'
      : `${height === toHeight ? 'height' : 'heights'} ${shownRange({ from: height, to: toHeight! })}`;
  const whose = isOfHeight && height !== toHeight ? ` at ${height}` : '';
  return `${place}: ${field}: expected ${expected}, found ${found}${whose}`;
}

function signatureLine({ commits, signatures, unknownKeyTypes, verified }: VerifyReport): string {
  const without = Math.max(0, countHeights(verified) - commits);
  const types =
    unknownKeyTypes.length === 0
      ? ''
      : `; signatures by keys of type ${unknownKeyTypes.join(', ')} can't be verified here`;
  return `${grouped(signatures)} signatures of ${grouped(commits)} commits verified${without === 0 ? '' : `; blocks without a commit below, or without its validators: ${grouped(without)}`}${types}`;
}

function unprovedLines({ missing, notCompared, untied }: VerifyReport): string[] {
  const shown = (ranges: readonly BlockRange[]): string => ranges.map(shownRange).join(', ');
  return [
    ...(missing.length === 0
      ? []
      : [`not verified, as they are not stored: ${shown(missing)}; baleen gaps tells why`]),
    ...notCompared.map(
      ({ table, ranges }) =>
        `not verified, as another version of Baleen wrote the blocks: ${table} at ${shown(ranges)}; next: baleen redecode --tables ${table}`,
    ),
    ...(untied.length === 0
      ? []
      : [`not joined with the trusted hash by an unbroken run of headers: ${shown(untied)}`]),
  ];
}
