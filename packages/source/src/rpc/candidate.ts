/** All that was answered about a height, and who answered it. */
import type { RawRpcBlock } from '@baleen/chain';
import type { SourceInfo } from '../source.ts';
import type { Envelope } from './envelope.ts';
import type { Fact, Pages } from './facts.ts';
import type { Member } from './member.ts';

export interface Candidate {
  readonly envelope: Envelope;
  readonly block: Fact;
  readonly results: Fact | undefined;
  readonly validators: Pages | undefined;
  /** The sets at the heights of evidence that names no power. */
  readonly evidence: readonly (Pages & { readonly height: number })[];
  readonly params: Fact | undefined;
  /** Of the block above; undefined: it was not at hand. */
  readonly next: NextHeader | undefined;
}

export interface NextHeader {
  readonly lastResultsHash: string;
  readonly by: Member;
}

export function rawOf(
  candidate: Candidate,
  { chainId, era, bech32Prefix, applicationSigns }: SourceInfo,
): RawRpcBlock {
  const { envelope, block, results, validators, evidence, params, next } = candidate;
  return {
    encoding: 'rpc',
    chainId,
    era,
    height: envelope.height,
    bech32Prefix,
    applicationSigns,
    endpoint: block.by.address,
    attributes: (results ?? block).attributes,
    block: block.result,
    results: results?.result,
    validators: validators?.pages,
    evidenceValidators: evidence.map(({ height, pages }) => ({ height, pages })),
    consensusParams: params?.result,
    nextResultsHash: next?.lastResultsHash,
    answerBytes: block.bytes + (results?.bytes ?? 0),
  };
}

/** Everyone who said something of it. */
export const originsOf = ({ block, results, validators, evidence, params, next }: Candidate): Member[] => [
  ...new Set([block, results, validators, ...evidence, params, next].flatMap((each) => each?.by ?? [])),
];

/** Who said something else than `proved`, of what hashes cover: honest nodes agree in it, whatever their versions. */
export function liarsAmong(refuted: Candidate, proved: Candidate): Member[] {
  const parts: [by: Member | undefined, said: unknown, told: unknown][] = [
    [refuted.block.by, blockIn(refuted), blockIn(proved)],
    [refuted.results?.by, outcomesIn(refuted), outcomesIn(proved)],
    [refuted.validators?.by, votersIn(refuted.validators), votersIn(proved.validators)],
    ...refuted.evidence.map((set): [Member, unknown, unknown] => [
      set.by,
      votersIn(set),
      votersIn(proved.evidence.find(({ height }) => height === set.height) ?? set),
    ]),
    [refuted.params?.by, limitsIn(refuted), limitsIn(proved)],
    [
      refuted.next?.by,
      refuted.next?.lastResultsHash,
      proved.next?.lastResultsHash ?? refuted.next?.lastResultsHash,
    ],
  ];
  const liars = parts.flatMap(([by, said, told]) =>
    by === undefined || JSON.stringify(said) === JSON.stringify(told) ? [] : [by],
  );
  return [...new Set(liars.length === 0 ? [refuted.block.by] : liars)];
}

const blockIn = ({ block }: Candidate): unknown => [at(block.result, 'block_id'), at(block.result, 'block')];

const outcomesIn = ({ results }: Candidate): unknown =>
  listIn(results?.result, 'txs_results').map((each) => [
    ...[Number(at(each, 'code') ?? 0), at(each, 'data') ?? ''],
    ...[at(each, 'gas_wanted') ?? at(each, 'gasWanted'), at(each, 'gas_used') ?? at(each, 'gasUsed')],
  ]);

const votersIn = (set: Pages | undefined): unknown =>
  (set?.pages ?? [])
    .flatMap((page) => listIn(page, 'validators'))
    .map((each) => [at(each, 'address'), at(each, 'pub_key'), at(each, 'voting_power')]);

function limitsIn({ params }: Candidate): unknown {
  const block = at(at(params?.result, 'consensus_params'), 'block');
  return [at(block, 'max_bytes'), at(block, 'max_gas')];
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = at(value, name);
  return Array.isArray(list) ? list : [];
}

const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
