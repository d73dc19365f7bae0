/** `npm run lying -- [--faults N] [--seed S] [FOLDER...]`: reads through endpoints that lie, cut, stall and repeat themselves; every
 * block that is read must be right. A folder holds a recorded chain: `rpc.jsonl.gz`, and `data` or `data.tar.gz`. Without one: the
 * bundled chains. */
import { parseArgs } from 'node:util';
import { type Outcome, runRounds } from './rounds.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { faults: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
console.log(`seed ${seed}`);
const startedAt = performance.now();
const { outcomes, kinds, faults, failures } = await runRounds(
  Number(values.faults),
  seed,
  console.log,
  positionals.length === 0 ? undefined : positionals,
);

console.log(`\n${faults} faults in ${Math.round((performance.now() - startedAt) / 1000)} s`);
console.log(
  Object.entries(kinds)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', '),
);
console.log(
  '\n| endpoints | rounds | faults | blocks read | wrong in what hashes cover | wrong elsewhere | came to the end | ended with a report | other ends |',
);
console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|');
for (const outcome of outcomes) console.log(row(outcome));
process.exitCode = failures.length === 0 ? 0 : 1;

function row({
  setting,
  rounds,
  faults: given,
  blocks,
  wrong,
  wrongElsewhere,
  ended,
  reported,
  unclear,
}: Outcome): string {
  return `| ${[setting, rounds, given, blocks, wrong, wrongElsewhere, ended, reported, unclear].join(' | ')} |`;
}
