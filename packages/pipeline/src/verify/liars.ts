/** Finds the endpoints that gave wrong answers about a block. */
import type { Candidate, Endpoint, Pages } from '@baleen/source';

/** Returns the endpoints whose answers in a refuted candidate differ from those in the proved one in something that hashes cover. Honest
 * nodes of all versions agree in that. If no difference is found, returns the endpoint that answered `/block`. */
export function liarsAmong(refuted: Candidate, proved: Candidate): Endpoint[] {
  const parts: [by: Endpoint | undefined, said: unknown, told: unknown][] = [
    [refuted.block.by, blockIn(refuted), blockIn(proved)],
    [refuted.results?.by, outcomesIn(refuted), outcomesIn(proved)],
    [refuted.validators?.by, votersIn(refuted.validators), votersIn(proved.validators)],
    ...refuted.evidence.map((set): [Endpoint, unknown, unknown] => [
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

/** Returns the block and its id from an answer. Up to Tendermint 0.32 the id is in `block_meta`. */
const blockIn = ({ block }: Candidate): unknown => [
  at(block.result, 'block_id') ?? at(block.result, 'block_meta'),
  at(block.result, 'block'),
];

const outcomesIn = ({ results }: Candidate): unknown =>
  txResultsIn(results?.result).map((each) => [
    ...[Number(at(each, 'code') ?? 0), at(each, 'data') ?? ''],
    ...[at(each, 'gas_wanted') ?? at(each, 'gasWanted'), at(each, 'gas_used') ?? at(each, 'gasUsed')],
  ]);

/** Returns the results of the txs from an answer. In Tendermint 0.31 and 0.32 they are one level deeper. */
function txResultsIn(answer: unknown): readonly unknown[] {
  const old = at(answer, 'results');
  if (old === undefined) return listIn(answer, 'txs_results');
  return [...listIn(old, 'deliver_tx'), ...listIn(old, 'DeliverTx')];
}

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
