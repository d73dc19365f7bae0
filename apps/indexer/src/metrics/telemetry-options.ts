/** Options of the commands that run for long: index, follow, worker. */
import { option } from '../cli/command.ts';
import { secondsSchema } from '../cli/seconds.ts';
import { metrics } from './listen-address.ts';

const readyLag = option(secondsSchema.default(60), {
  help: 'with --metrics: /readyz answers 200 while the newest indexed block is at most this old; default: 60s',
  value: 'TIME',
});

export const telemetryOptions = { metrics, readyLag };
