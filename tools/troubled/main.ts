/** npm run troubled -- [--minutes 10] [--share 0.1]
 *
 * Follows an endpoint that is in trouble for a share of the time, in all shapes that nodes and gateways give it, and prints what came of
 * it. Exit code 1: the follower ended, a height is missing, or a table differs from the chain indexed in peace. */
import { parseArgs } from 'node:util';
import { openServer } from '@baleen/testing';
import { followTroubled } from './follow-troubled.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, share: { type: 'string', default: '0.1' } },
});
const server = await openServer(process.env.BALEEN_TEST_DATABASE_URL);
process.env.BALEEN_TEST_DATABASE_URL = server.url;
const { given, requests, ended, missing, failed, wrong } = await followTroubled({
  minutes: Number(values.minutes),
  share: Number(values.share),
  random: Math.random,
}).finally(() => server.stop());
const troubled = Object.values(given).reduce((sum, count) => sum + count, 0);
console.log(
  `${requests} requests, ${troubled} in trouble: ${Object.entries(given)
    .map((each) => each.join(' '))
    .join(', ')}`,
);
console.log(
  `the follower ${ended ? 'ENDED' : 'went on'}; ${missing} heights missing, ${failed} failed, ${wrong.length} tables wrong`,
);
for (const table of wrong) console.log(table);
process.exitCode = ended || missing + failed + wrong.length > 0 ? 1 : 0;
