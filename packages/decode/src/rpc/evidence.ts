/** Turns the JSON of evidence back into the bytes that the block contains. The header's evidence hash proves them. */
import { WireWriter } from '@baleen/codec';
import { parseGoTime } from '../parse-go-time.ts';
import {
  type BlockStyle,
  encodeBlockId,
  encodeCommit,
  encodeHeader,
  encodeTime,
  nested,
} from '../tendermint/encode-block.ts';
import { encodeAminoPublicKey, encodeProtoPublicKey } from '../tendermint/public-key.ts';
import { decodeBlockId, decodeCommit, decodeHeader } from './header.ts';
import { fromBase64, fromHex, malformed, toBigInt, toInteger } from './scalars.ts';
import type {
  RpcDuplicateVote,
  RpcEvidence,
  RpcLightClientAttack,
  RpcPublicKey,
  RpcValidator,
  RpcValidatorSet,
  RpcVote,
} from './schemas.ts';

const DUPLICATE_VOTE_PREFIX = Uint8Array.of(0x75, 0x97, 0x75, 0x0e);

/** Types of public keys, by their amino names, which the RPC's JSON has in all versions. */
const KEY_TYPES: Readonly<Record<string, string>> = {
  'tendermint/PubKeyEd25519': 'ed25519',
  'tendermint/PubKeySecp256k1': 'secp256k1',
  'tendermint/PubKeySr25519': 'sr25519',
  'tendermint/PubKeyMultisigThreshold': 'multisig',
  'cometbft/PubKeyBls12_381': 'bls12_381',
};

export function decodePublicKey(key: RpcPublicKey): { keyType: string; publicKey: Uint8Array } {
  const keyType = KEY_TYPES[key.type];
  if (keyType === undefined) throw malformed(`expected a known type of public key, found '${key.type}'`);
  return { keyType, publicKey: fromBase64(key.value) };
}

/** Returns the possible encodings of a piece of evidence. Nodes before 0.34.14 wrote the total power of a validator set, later ones don't
 * (tendermint types/validator_set.go `ToProto`). The JSON does not say which, so the caller picks the one that fits the evidence hash. */
export function encodeEvidence(evidence: RpcEvidence, style: BlockStyle): Uint8Array[] {
  if (evidence.type === 'tendermint/DuplicateVoteEvidence')
    return [style === 'amino' ? aminoDuplicate(evidence.value) : protoDuplicate(evidence.value)];
  if (style === 'amino')
    throw malformed(`evidence: expected duplicate votes in 0.33, found ${evidence.type}`);
  return [false, true].map((hasTotal) =>
    new WireWriter().message(2, protoAttack(evidence.value, hasTotal)).finish(),
  );
}

function aminoDuplicate(value: RpcDuplicateVote): Uint8Array {
  const { PubKey, VoteA, VoteB } = value;
  if (PubKey === undefined || VoteA === undefined || VoteB === undefined)
    throw malformed('evidence: expected PubKey, VoteA and VoteB');
  return new WireWriter()
    .raw(DUPLICATE_VOTE_PREFIX)
    .bytes(1, encodeAminoPublicKey(decodePublicKey(PubKey)))
    .message(2, encodeVote(VoteA, 'amino'))
    .message(3, encodeVote(VoteB, 'amino'))
    .finish();
}

function protoDuplicate(value: RpcDuplicateVote): Uint8Array {
  const { vote_a, vote_b } = value;
  const timestamp = value.Timestamp ?? value.timestamp;
  if (vote_a === undefined || vote_b === undefined || timestamp === undefined)
    throw malformed('evidence: expected vote_a, vote_b and a timestamp');
  const inner = new WireWriter()
    .message(1, encodeVote(vote_a, 'proto'))
    .message(2, encodeVote(vote_b, 'proto'))
    .varint(3, toBigInt(value.TotalVotingPower ?? value.total_voting_power))
    .varint(4, toBigInt(value.ValidatorPower ?? value.validator_power))
    .message(5, encodeTime(parseGoTime(timestamp)))
    .finish();
  return new WireWriter().message(1, inner).finish();
}

function encodeVote(vote: RpcVote, style: BlockStyle): Uint8Array {
  const writer = new WireWriter()
    .varint(1, vote.type)
    .varint(2, toInteger(vote.height))
    .varint(3, toInteger(vote.round));
  nested(writer, 4, encodeBlockId(decodeBlockId(vote.block_id), style), style);
  nested(writer, 5, encodeTime(parseGoTime(vote.timestamp)), style);
  return writer
    .bytes(6, fromHex(vote.validator_address))
    .varint(7, toInteger(vote.validator_index))
    .bytes(8, fromBase64(vote.signature))
    .bytes(9, fromBase64(vote.extension))
    .bytes(10, fromBase64(vote.extension_signature))
    .finish();
}

function protoAttack(value: RpcLightClientAttack, hasTotal: boolean): Uint8Array {
  const { signed_header, validator_set } = value.ConflictingBlock;
  const signed = new WireWriter()
    .message(1, encodeHeader(decodeHeader(signed_header.header), 'proto'))
    .message(2, encodeCommit(decodeCommit(signed_header.commit), 'proto'))
    .finish();
  const conflicting = new WireWriter()
    .message(1, signed)
    .message(2, encodeSet(validator_set, hasTotal))
    .finish();
  const writer = new WireWriter().message(1, conflicting).varint(2, toInteger(value.CommonHeight));
  for (const each of value.ByzantineValidators ?? []) writer.message(3, encodeValidator(each));
  return writer
    .varint(4, toBigInt(value.TotalVotingPower))
    .message(5, encodeTime(parseGoTime(value.Timestamp)))
    .finish();
}

function encodeSet(set: RpcValidatorSet, hasTotal: boolean): Uint8Array {
  const writer = new WireWriter();
  const validators = set.validators ?? [];
  for (const each of validators) writer.message(1, encodeValidator(each));
  if (set.proposer) writer.message(2, encodeValidator(set.proposer));
  const total = validators.reduce((sum, each) => sum + toBigInt(each.voting_power), 0n);
  return writer.varint(3, hasTotal ? total : 0n).finish();
}

function encodeValidator(validator: RpcValidator): Uint8Array {
  return new WireWriter()
    .bytes(1, fromHex(validator.address))
    .message(2, encodeProtoPublicKey(decodePublicKey(validator.pub_key)))
    .varint(3, toBigInt(validator.voting_power))
    .varint(4, toBigInt(validator.proposer_priority))
    .finish();
}
