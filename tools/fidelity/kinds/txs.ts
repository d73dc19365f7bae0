import { at, type Json, list, text, textOr } from '../json.ts';
import type { Kind, Recorded, Scope, Shown } from '../kind.ts';
import { bytesOfBase64, columnText, sha256Hex } from '../normal.ts';
import { answers, type Recording } from '../recording.ts';

/** One tx with its result; the fields of gas are in camelCase up to Tendermint 0.33. */
export function resultOf(tx: Json | undefined, result: Json | undefined): Json {
  const raw = bytesOfBase64(tx);
  return {
    hash: sha256Hex(raw),
    raw: raw.toString('base64'),
    code: textOr(at(result, 'code'), '0'),
    codespace: textOr(at(result, 'codespace'), ''),
    gas_wanted: textOr(at(result, 'gas_wanted') ?? at(result, 'gasWanted'), '0'),
    gas_used: textOr(at(result, 'gas_used') ?? at(result, 'gasUsed'), '0'),
    log: textOr(at(result, 'log'), ''),
    info: textOr(at(result, 'info'), ''),
    data: textOr(at(result, 'data'), ''),
  };
}

/** Txs of every recorded block: `115/0` to its bytes and its result. */
export function* recordedTxs({
  rpc,
}: Recording): Generator<{ height: string; index: number; tx: Json; result: Json }> {
  const results = new Map(
    answers(rpc, '/block_results').map(({ body }) => [
      text(at(body, 'height')),
      list(at(body, 'txs_results') ?? at(body, 'results', 'deliver_tx')),
    ]),
  );
  for (const { body } of answers(rpc, '/block')) {
    const height = text(at(body, 'block', 'header', 'height'));
    const ofBlock = results.get(height);
    if (height === null || ofBlock === undefined) continue;
    for (const [index, tx] of list(at(body, 'block', 'data', 'txs')).entries())
      yield { height, index, tx, result: ofBlock[index] ?? null };
  }
}

async function shown({ database, chainId }: Scope): Promise<Shown[]> {
  type Row = Record<
    'height' | 'tx_index' | 'hash' | 'code' | 'codespace' | 'gas_wanted' | 'gas_used',
    string
  > & {
    codespace_raw: Buffer | null;
    log: string | null;
    log_raw: Buffer | null;
    info: string | null;
    info_raw: Buffer | null;
    data: Buffer | null;
    raw: Buffer;
  };
  const { rows } = await database.query<Row>(
    `select height::text, tx_index::text, tx_hash as hash, raw, code::text, codespace, codespace_raw, gas_wanted::text, gas_used::text,
       log, log_raw, info, info_raw, data
     from baleen.txs where chain_id = $1 order by txs.height, txs.tx_index`,
    [chainId],
  );
  return rows.map(
    ({ height, tx_index, codespace, codespace_raw, log, log_raw, info, info_raw, data, raw, ...rest }) => ({
      key: `${height}/${tx_index}`,
      recordedAs: `${height}/${tx_index}`,
      value: {
        ...rest,
        codespace: columnText(codespace, codespace_raw),
        log: columnText(log, log_raw),
        info: columnText(info, info_raw),
        data: data === null ? null : data.toString('base64'),
        raw: raw.toString('base64'),
      },
    }),
  );
}

/** Every tx of every block with its result, from `/block` and `/block_results`. */
export const txs: Kind = {
  name: 'txs',
  recorded: (recording) => {
    const all = new Map<string, Recorded>();
    for (const { height, index, tx, result } of recordedTxs(recording))
      all.set(`${height}/${index}`, { height: Number(height), value: resultOf(tx, result) });
    return all;
  },
  shown,
  last: ({ resultsTo }) => resultsTo,
};

/** The failed ones of the same txs, as a kind of their own so that the report shows how many there are. */
export const failedTxs: Kind = {
  ...txs,
  name: 'failed txs',
  recorded: (recording) => new Map([...txs.recorded(recording)].filter(([, { value }]) => failed(value))),
  shown: async (scope) => (await shown(scope)).filter(({ value }) => failed(value)),
};

const failed = (value: Json): boolean => text(at(value, 'code')) !== '0';

/** Answers to `/tx?hash=`; of a hash that stands in several blocks the node's index has the last one. */
export const txsByHash: Kind = {
  name: 'txs by hash',
  recorded: ({ rpc }) => {
    const all = new Map<string, Recorded>();
    for (const { body } of answers(rpc, '/tx')) {
      const height = textOr(at(body, 'height'), '0');
      const value = {
        ...(resultOf(at(body, 'tx'), at(body, 'tx_result')) as object),
        hash: text(at(body, 'hash')),
      };
      all.set(`${height}/${textOr(at(body, 'index'), '0')}`, { height: Number(height), value });
    }
    return all;
  },
  shown: async (scope, recording) => {
    const asked = txsByHash.recorded(recording);
    return (await shown(scope)).filter(({ key }) => asked.has(key));
  },
  last: ({ resultsTo }) => resultsTo,
};
