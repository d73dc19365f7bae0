/** What a node of 0.34 answered, as CometBFT 0.37 writes it: attributes of events are text instead of base64, and the params
 * of consensus have no `time_iota_ms`. All else is the same. */
export function inJsonOf037(pathname: string, answer: string): string {
  if (pathname !== '/block_results' && pathname !== '/consensus_params') return answer;
  const json = JSON.parse(answer);
  const { result } = json;
  if (result?.txs_results !== undefined) for (const events of eventsIn(result)) events.forEach(makePlain);
  if (result?.consensus_params?.block !== undefined) delete result.consensus_params.block.time_iota_ms;
  return JSON.stringify(json);
}

interface RecordedEvent {
  attributes: { key: string | null; value: string | null }[] | null;
}

interface RecordedResults {
  readonly txs_results: readonly { readonly events: RecordedEvent[] | null }[] | null;
  readonly begin_block_events: RecordedEvent[] | null;
  readonly end_block_events: RecordedEvent[] | null;
}

const eventsIn = (results: RecordedResults): RecordedEvent[][] =>
  [
    ...(results.txs_results ?? []).map(({ events }) => events),
    ...[results.begin_block_events, results.end_block_events],
  ].filter((events) => events !== null);

function makePlain({ attributes }: RecordedEvent): void {
  for (const attribute of attributes ?? []) {
    attribute.key = plain(attribute.key);
    attribute.value = plain(attribute.value);
  }
}

const plain = (base64: string | null): string => Buffer.from(base64 ?? '', 'base64').toString('utf8');
