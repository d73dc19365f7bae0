/** Messages of the gateway as the legacy routes of SDK 0.44 print them: amino's names, numbers for enums, nothing that is empty. */
import { aminoKey } from './shapes.ts';

/** Amino's names, by the protobuf names' part after `/`. Terra has its own where the SDK says `cosmos-sdk/…`. */
const NAMES: Readonly<Record<string, string>> = {
  'cosmos.authz.v1beta1.GenericAuthorization': 'msgauth/GenericAuthorization',
  'cosmos.authz.v1beta1.MsgExec': 'msgauth/MsgExecAuthorized',
  'cosmos.authz.v1beta1.MsgGrant': 'msgauth/MsgGrantAuthorization',
  'cosmos.authz.v1beta1.MsgRevoke': 'msgauth/MsgRevokeAuthorization',
  'cosmos.bank.v1beta1.SendAuthorization': 'msgauth/SendAuthorization',
  'cosmos.distribution.v1beta1.MsgSetWithdrawAddress': 'distribution/MsgModifyWithdrawAddress',
  'cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward': 'distribution/MsgWithdrawDelegationReward',
  'ibc.applications.transfer.v1.MsgTransfer': 'cosmos-sdk/MsgTransfer',
};
/** Modules whose other names are `module/Name`. */
const MODULES =
  /^(?:cosmos\.(bank|crisis|distribution|evidence|feegrant|gov|params|slashing|staking|upgrade)|terra\.(market|oracle|wasm))\.v1beta1\.(\w+)$/;
/** Types that this chain does not register with amino; the server answers with an error instead of printing them. */
const NAMELESS: ReadonlySet<string> = new Set(['StakeAuthorization']);

/** Returns the amino name of a protobuf type URL; undefined if amino has none. */
export function aminoName(typeUrl: string): string | undefined {
  const name = typeUrl.slice(1);
  const [, sdk, terra, last] = MODULES.exec(name) ?? [];
  if (NAMES[name] !== undefined) return NAMES[name];
  return last === undefined || NAMELESS.has(last) ? undefined : `${sdk ?? terra}/${last}`;
}

/** Integers of 64 bits, which amino leaves out when 0. */
const NUMBERS: ReadonlySet<string> = new Set([
  'code_id',
  'height',
  'new_code_id',
  'power',
  'proposal_id',
  'revision_height',
  'revision_number',
  'timeout_timestamp',
]);
/** Lists of coins, printed also when empty. */
const COINS: ReadonlySet<string> = new Set([
  'amount',
  'coins',
  'init_coins',
  'initial_deposit',
  'spend_limit',
  'period_spend_limit',
  'period_can_spend',
]);
/** Fields that hold a contract's own JSON; it is left as it is. */
const OPAQUE: ReadonlySet<string> = new Set(['execute_msg', 'init_msg', 'migrate_msg']);
const RENAMED: Readonly<Record<string, string>> = { validator_addr: 'address' };
const ENUMS: Readonly<Record<string, number>> = {
  VOTE_OPTION_UNSPECIFIED: 0,
  VOTE_OPTION_YES: 1,
  VOTE_OPTION_ABSTAIN: 2,
  VOTE_OPTION_NO: 3,
  VOTE_OPTION_NO_WITH_VETO: 4,
};

/** Thrown where a message holds something that amino has no name for. */
export class NoAminoName extends TypeError {}

/** @param message  the gateway's JSON, `@type` among it
 *  @throws NoAminoName */
export function aminoMessage(message: Readonly<Record<string, unknown>>): unknown {
  const { '@type': typeUrl, ...fields } = message;
  const type = aminoName(typeUrl as string);
  if (type === undefined) throw new NoAminoName(`no amino name: ${typeUrl}`);
  return { type, value: aminoFields(fields) };
}

function aminoFields(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name, value]) => !isLeftOut(name, value))
      .map(([name, value]) => [RENAMED[name] ?? name, OPAQUE.has(name) ? value : aminoValue(value, name)]),
  );
}

function isLeftOut(name: string, value: unknown): boolean {
  if (OPAQUE.has(name)) return false;
  if (Array.isArray(value)) return value.length === 0 && !COINS.has(name);
  if (value === '0') return NUMBERS.has(name);
  return value === null || value === '' || value === false || value === 0 || ENUMS[value as string] === 0;
}

function aminoValue(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => aminoValue(item, name));
  if (typeof value === 'string') return ENUMS[value] ?? (name === 'period' ? nanoseconds(value) : value);
  if (typeof value !== 'object' || value === null) return value;
  const type = (value as { '@type'?: string })['@type'];
  if (type === undefined) return aminoFields(value);
  return type.startsWith('/cosmos.crypto.')
    ? aminoKey(value)
    : aminoMessage(value as Record<string, unknown>);
}

/** Converts `3600.5s` to nanoseconds as text. */
function nanoseconds(duration: string): string {
  const [whole, part = ''] = duration.slice(0, -1).split('.');
  return String(BigInt(whole + part.padEnd(9, '0')));
}
