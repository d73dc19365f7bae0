import { at, type Json, text, textOr } from '../json.ts';
import type { Kind, Recorded, Scope, Shown } from '../kind.ts';
import { columnText } from '../normal.ts';
import { type RestTx, restTxs } from './rest.ts';

const resultOf = ({ result }: RestTx, printsCodespace: boolean): Json => ({
  code: textOr(at(result, 'code'), '0'),
  ...(printsCodespace && { codespace: textOr(at(result, 'codespace'), '') }),
  gas_wanted: textOr(at(result, 'gas_wanted'), '0'),
  gas_used: textOr(at(result, 'gas_used'), '0'),
  raw_log: textOr(at(result, 'raw_log'), ''),
  data: textOr(at(result, 'data'), ''),
  timestamp: text(at(result, 'timestamp')),
});

/** SDK 0.37 prints the codespace of no tx; later versions that of failed ones. */
const printCodespaces = (txs: readonly RestTx[]): boolean =>
  txs.some(({ result }) => at(result, 'codespace') !== undefined);

async function shown({ database, chainId }: Scope, printsCodespace: boolean): Promise<Shown[]> {
  type Row = Record<
    'key' | 'place' | 'code' | 'codespace' | 'gas_wanted' | 'gas_used' | 'data' | 'timestamp',
    string
  > & {
    log: string | null;
    log_raw: Buffer | null;
  };
  const { rows } = await database.query<Row>(
    `select height || '/' || tx_index as key, height || ' ' || tx_hash as place, code::text, codespace, gas_wanted::text,
       gas_used::text, log, log_raw, upper(encode(data, 'hex')) as data,
       to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as timestamp
     from baleen.txs where chain_id = $1 order by height, tx_index`,
    [chainId],
  );
  return rows.map(({ key, place, log, log_raw, codespace, ...rest }) => ({
    key,
    recordedAs: place,
    value: { ...rest, ...(printsCodespace && { codespace }), raw_log: columnText(log, log_raw) },
  }));
}

const kindOf = (name: string, form: RestTx['form']): Kind => ({
  name,
  recorded: (recording) => {
    const txs = restTxs(recording, form);
    const printsCodespace = printCodespaces(txs);
    return new Map<string, Recorded>(
      txs.map((tx) => [
        `${tx.height} ${tx.hash}`,
        { height: tx.height, value: resultOf(tx, printsCodespace) },
      ]),
    );
  },
  shown: async (scope, recording) => {
    const txs = restTxs(recording, form);
    return txs.length === 0 ? [] : shown(scope, printCodespaces(txs));
  },
  last: ({ resultsTo }) => resultsTo,
});

/** Results of txs as REST prints them; of a hash that stands in several blocks it prints the last one. */
export const aminoResults = kindOf('REST results (amino)', 'amino');
export const protobufResults = kindOf('REST results (protobuf)', 'protobuf');
