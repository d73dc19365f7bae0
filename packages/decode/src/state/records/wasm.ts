import { isUtf8 } from 'node:buffer';
import { misfit } from '../errors.ts';
import { Fields } from '../json-fields.ts';
import { readJsonMember } from '../json-member.ts';
import type { MakeRecords } from '../layout.ts';

export const code: MakeRecords = ({ key, value }) => {
  const codeId = key.uint64();
  key.end();
  const fields = new Fields(value.data);
  fields.same('code_id', codeId);
  const codeHash = new Uint8Array(Buffer.from(fields.name('code_hash'), 'base64'));
  return [{ kind: 'wasm_code', codeId, codeHash, creator: fields.name('creator') }];
};

/** Terra's own module with an owner (columbus-4); its init message is bytes. */
export const ownedContract: MakeRecords = ({ key, value }) => {
  const address = key.account();
  key.end();
  const fields = new Fields(value.data);
  fields.same('address', address);
  return [
    {
      kind: 'wasm_contract',
      address,
      codeId: fields.integer('code_id'),
      creator: undefined,
      admin: fields.name('owner'),
      migratable: fields.flag('migratable'),
      initMessageJson: jsonOf(Buffer.from(fields.text('init_msg'), 'base64')),
      valueJson: value.json,
    },
  ];
};

/** Terra's own module with creator and admin (columbus-5). */
export const contract: MakeRecords = ({ key, value }) => {
  const address = key.account();
  key.end();
  const fields = new Fields(value.data);
  fields.same('address', address);
  const admin = fields.text('admin');
  return [
    {
      kind: 'wasm_contract',
      address,
      codeId: fields.integer('code_id'),
      creator: fields.name('creator'),
      admin: admin === '' ? undefined : admin,
      migratable: undefined,
      initMessageJson: readJsonMember(value.json, 'init_msg'),
      valueJson: value.json,
    },
  ];
};

export const entry: MakeRecords = ({ key, bytes }) => {
  const contractAddress = key.account();
  const own = key.rest();
  if (own.length === 0) throw misfit("a key of the contract's own", 'none');
  return [{ kind: 'wasm_entry', contract: contractAddress, key: own, value: bytes }];
};

function jsonOf(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return text;
}
