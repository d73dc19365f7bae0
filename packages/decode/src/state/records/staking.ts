import type { ConsensusKeyState, ValidatorState } from '@baleen/chain';
import { decodeBech32, encodeBech32, sha256, WireReader } from '@baleen/codec';
import { decodeAminoPublicKey, type PublicKey } from '../../tendermint/public-key.ts';
import { misfit } from '../errors.ts';
import { Fields, integerOf, type Json } from '../json-fields.ts';
import { readJsonMember } from '../json-member.ts';
import type { MakeRecords } from '../layout.ts';

/** Status by its JSON: a number in amino, a name in protobuf. */
const STATUSES: Readonly<Record<string, ValidatorState['status']>> = {
  0: 'unbonded',
  1: 'unbonding',
  2: 'bonded',
  BOND_STATUS_UNBONDED: 'unbonded',
  BOND_STATUS_UNBONDING: 'unbonding',
  BOND_STATUS_BONDED: 'bonded',
};

export const validator: MakeRecords = ({ key, value, prefix }) => {
  const operatorAddress = key.operator();
  key.end();
  const fields = new Fields(value.data);
  fields.same('operator_address', operatorAddress);
  const publicKey = consensusKeyOf(fields.members.consensus_pubkey);
  const commission = fields.object('commission');
  const rates = commission.object('commission_rates');
  return [
    {
      kind: 'validator',
      operatorAddress,
      operatorAccount: encodeBech32(prefix, decodeBech32(operatorAddress).bytes),
      consensusAddress: consensusAddressOf(publicKey, prefix),
      ...publicKey,
      consensusPubkeyJson: JSON.stringify(fields.members.consensus_pubkey),
      jailed: fields.flag('jailed'),
      status: statusOf(fields.members.status),
      tokens: fields.integer('tokens'),
      delegatorShares: fields.decimal('delegator_shares'),
      moniker: fields.object('description').text('moniker'),
      descriptionJson: readJsonMember(value.json, 'description')!,
      unbondingHeight: fields.integer('unbonding_height'),
      unbondingTime: fields.time('unbonding_time'),
      commissionRate: rates.decimal('rate'),
      commissionMaxRate: rates.decimal('max_rate'),
      commissionMaxChangeRate: rates.decimal('max_change_rate'),
      commissionUpdateTime: commission.time('update_time'),
      minSelfDelegation: fields.integer('min_self_delegation'),
    },
  ];
};

function statusOf(printed: Json | undefined): ValidatorState['status'] {
  const status = STATUSES[String(printed)];
  if (status === undefined) throw misfit('a bond status', String(printed));
  return status;
}

const ED25519 = '/cosmos.crypto.ed25519.PubKey';

/** A consensus key as REST prints it: bech32 of its amino bytes, `{"type","value"}`, or an `Any`. */
function consensusKeyOf(printed: Json | undefined): PublicKey {
  if (typeof printed === 'string' && printed !== '')
    return decodeAminoPublicKey(new WireReader(decodeBech32(printed).bytes));
  const { members } = new Fields(printed);
  const type = members['@type'] ?? members.type;
  const text = members.key ?? members.value;
  if ((type !== ED25519 && type !== 'tendermint/PubKeyEd25519') || typeof text !== 'string')
    throw misfit('an ed25519 key', JSON.stringify(printed));
  const publicKey = new Uint8Array(Buffer.from(text, 'base64'));
  if (publicKey.length !== 32) throw misfit('a key of 32 bytes', `${publicKey.length}`);
  return { keyType: 'ed25519', publicKey };
}

function consensusAddressOf({ keyType, publicKey }: PublicKey, prefix: string): string {
  if (keyType !== 'ed25519') throw misfit('an ed25519 key', keyType);
  return encodeBech32(`${prefix}valcons`, sha256(publicKey).subarray(0, 20));
}

export const consensusKey: MakeRecords = ({ key, value, prefix }) => {
  const consensusAddress = key.consensus();
  key.end();
  const publicKey = consensusKeyOf(value.data);
  const found = consensusAddressOf(publicKey, prefix);
  if (found !== consensusAddress) throw misfit(`the key of ${consensusAddress}`, `that of ${found}`);
  const record: ConsensusKeyState = { kind: 'consensus_key', consensusAddress, ...publicKey };
  return [record];
};

export const validatorPower: MakeRecords = ({ key, value }) => {
  const operatorAddress = key.operator();
  key.end();
  return [{ kind: 'validator_power', operatorAddress, power: integerOf(value.data) }];
};

export const delegation: MakeRecords = ({ key, value }) => {
  const delegator = key.account();
  const operatorAddress = key.operator();
  key.end();
  const fields = new Fields(value.data);
  fields.same('delegator_address', delegator);
  fields.same('validator_address', operatorAddress);
  return [{ kind: 'delegation', delegator, operatorAddress, shares: fields.decimal('shares') }];
};

export const unbonding: MakeRecords = ({ key, value }) => {
  const delegator = key.account();
  const operatorAddress = key.operator();
  key.end();
  const fields = new Fields(value.data);
  fields.same('delegator_address', delegator);
  fields.same('validator_address', operatorAddress);
  return fields.list('entries').map((each, entryIndex) => {
    const entry = new Fields(each);
    return {
      kind: 'unbonding',
      delegator,
      operatorAddress,
      entryIndex,
      creationHeight: entry.integer('creation_height'),
      completionTime: entry.time('completion_time'),
      initialBalance: entry.integer('initial_balance'),
      balance: entry.integer('balance'),
    };
  });
};

export const redelegation: MakeRecords = ({ key, value }) => {
  const delegator = key.account();
  const sourceOperatorAddress = key.operator();
  const destinationOperatorAddress = key.operator();
  key.end();
  const fields = new Fields(value.data);
  fields.same('delegator_address', delegator);
  fields.same('validator_src_address', sourceOperatorAddress);
  fields.same('validator_dst_address', destinationOperatorAddress);
  return fields.list('entries').map((each, entryIndex) => {
    const entry = new Fields(each);
    return {
      kind: 'redelegation',
      delegator,
      sourceOperatorAddress,
      destinationOperatorAddress,
      entryIndex,
      creationHeight: entry.integer('creation_height'),
      completionTime: entry.time('completion_time'),
      initialBalance: entry.integer('initial_balance'),
      sharesDestination: entry.decimal('shares_dst'),
    };
  });
};

/** The height stands in the key as digits. */
export const historicalInfo: MakeRecords = ({ key, value }) => {
  const text = key.text();
  const height = integerOf(text);
  const header = new Fields(value.data).object('header');
  header.same('height', height);
  return [{ kind: 'historical_info', height, valueJson: value.json }];
};

export const signingInfo: MakeRecords = ({ key, value }) => {
  const consensusAddress = key.consensus();
  key.end();
  const fields = new Fields(value.data);
  // Before Tendermint tells of a validator's first block the field may be empty (x/slashing/keeper/hooks.go).
  if (fields.members.address !== '') fields.same('address', consensusAddress);
  return [
    {
      kind: 'signing_info',
      consensusAddress,
      startHeight: fields.integer('start_height'),
      indexOffset: fields.integer('index_offset'),
      jailedUntil: fields.time('jailed_until'),
      tombstoned: fields.flag('tombstoned'),
      missedBlocksCounter: fields.integer('missed_blocks_counter'),
    },
  ];
};

export const missedBlock: MakeRecords = ({ key, value }) => {
  const consensusAddress = key.consensus();
  const blockIndex = key.uint64LittleEndian();
  key.end();
  return [{ kind: 'missed_block', consensusAddress, blockIndex, missed: value.data === true }];
};
