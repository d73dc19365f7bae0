import { at, type Json, list, parseJson } from '../json.ts';
import type { Kind, Scope, Shown } from '../kind.ts';
import { columnText } from '../normal.ts';
import { byHash, messagesOf, type RestTx, txPlaces, typeAndValue } from './rest.ts';

interface MessageRow {
  readonly key: string;
  readonly path: string;
  readonly msg_index: number;
  readonly type: string;
  readonly type_raw: Buffer | null;
  readonly value: string | null;
  readonly value_raw: Buffer | null;
}

const jsonOf = ({ value, value_raw }: MessageRow): Json => {
  const json = value_raw === null ? value : columnText(value, value_raw);
  return json === null ? null : parseJson(json);
};

async function shownMessages(scope: Scope, inner: boolean): Promise<Shown[]> {
  const { rows } = await scope.database.query<MessageRow>(
    `select height || '/' || tx_index as key, path, msg_index, type, type_raw, value::text, value_raw
     from baleen.messages where chain_id = $1 and (path <> '') = $2
     order by height, tx_index, msg_index, string_to_array(path, '.')::int[]`,
    [scope.chainId, inner],
  );
  const messages = new Map<string, Json[]>();
  const sent = inner ? await sentByPacket(scope) : new Set<string>();
  for (const row of rows) {
    if (sent.has(`${row.key}:${row.msg_index}:${row.path.split('.').slice(0, -1).join('.')}`)) continue;
    const message = { type: columnText(row.type, row.type_raw), value: jsonOf(row) };
    const place = inner ? { place: `${row.msg_index}:${row.path}`, ...message } : message;
    messages.set(row.key, [...(messages.get(row.key) ?? []), place]);
  }
  return (await txPlaces(scope)).map(({ key, hash }) => ({
    key,
    recordedAs: hash,
    value: messages.get(key) ?? [],
  }));
}

/** Places of messages that send others to an interchain account. REST prints what they send as bytes, so that nothing is recorded of
 * the messages in them. */
async function sentByPacket({ database, chainId }: Scope): Promise<Set<string>> {
  const { rows } = await database.query<{ place: string }>(
    `select height || '/' || tx_index || ':' || msg_index || ':' || path as place
     from baleen.messages where chain_id = $1 and name = 'controller.MsgSendTx'`,
    [chainId],
  );
  return new Set(rows.map(({ place }) => place));
}

/** Messages of every tx, their type and JSON. */
export const messages: Kind = {
  name: 'messages',
  recorded: (recording) =>
    byHash(recording, (tx) => messagesOf(tx).map((message) => typeAndValue(tx.form, message))),
  shown: (scope) => shownMessages(scope, false),
};

/** Message types that carry others, and the field they are in. Legacy gov contents are no messages. */
const CARRIERS: Readonly<Record<string, string>> = {
  '/cosmos.authz.v1beta1.MsgExec': 'msgs',
  '/cosmos.group.v1.MsgSubmitProposal': 'messages',
  '/cosmos.gov.v1.MsgSubmitProposal': 'messages',
  'msgauth/MsgExecAuthorized': 'msgs',
};

function innerOf(form: RestTx['form'], message: Json, index: number, path: string): Json[] {
  const { type, value } = typeAndValue(form, message);
  const field = CARRIERS[type ?? ''];
  if (field === undefined) return [];
  return list(at(value, field)).flatMap((inner, position) => {
    const place = path === '' ? `${position}` : `${path}.${position}`;
    return [
      { place: `${index}:${place}`, ...typeAndValue(form, inner) },
      ...innerOf(form, inner, index, place),
    ];
  });
}

/** Messages inside messages, of every tx: none is an answer too. */
export const innerMessages: Kind = {
  name: 'inner messages',
  recorded: (recording) =>
    byHash(recording, (tx) =>
      messagesOf(tx).flatMap((message, index) => innerOf(tx.form, message, index, '')),
    ),
  shown: (scope) => shownMessages(scope, true),
};
