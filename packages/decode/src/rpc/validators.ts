/** `/validators` and `/consensus_params` answers. */
import { hash } from 'node:crypto';
import type { ConsensusParams, Validator, ValidatorSet } from '@baleen/chain';
import { sha256, toHex } from '@baleen/codec';
import type { ConsensusEra } from '../consensus/era.ts';
import { heightOf } from '../tendermint/consensus-params.ts';
import { decodePublicKey } from './evidence.ts';
import { fromHex, malformed, parseAnswer, toBigInt, toInteger } from './scalars.ts';
import { consensusParamsSchema, type RpcConsensusParams, validatorsSchema } from './schemas.ts';

/** Pages in order. */
export function decodeValidatorPages(pages: readonly unknown[]): ValidatorSet {
  const answers = pages.map((page) => parseAnswer(validatorsSchema, '/validators', page));
  const validators = answers.flatMap((answer) => answer.validators ?? []);
  const total = answers[0]?.total;
  if (total !== undefined && toInteger(total) !== validators.length)
    throw malformed(`/validators: expected ${total} validators, found ${validators.length}`);
  return {
    validators: validators.map((each) =>
      withRightAddress({
        address: fromHex(each.address),
        ...decodePublicKey(each.pub_key),
        votingPower: toBigInt(each.voting_power),
      }),
    ),
  };
}

/** The hash of a set covers keys and powers; the address follows from the key. */
function withRightAddress(validator: Validator): Validator {
  const expected = addressOf(validator);
  if (Buffer.compare(expected, validator.address) === 0) return validator;
  throw malformed(
    `/validators: address: expected ${toHex(expected)}, as the key has it, found ${toHex(validator.address)}`,
  );
}

/** tendermint v0.34.14, crypto/<scheme>: Address */
function addressOf({ keyType, publicKey }: Validator): Uint8Array {
  if (keyType === 'secp256k1') return new Uint8Array(hash('ripemd160', sha256(publicKey), 'buffer'));
  return sha256(publicKey).subarray(0, 20);
}

export function decodeConsensusParamsAnswer(
  json: unknown,
  { writing: { style } }: ConsensusEra,
): ConsensusParams {
  const { consensus_params: params } = parseAnswer(consensusParamsSchema, '/consensus_params', json);
  const { block, evidence, validator } = params;
  const iota = toBigInt(block.time_iota_ms);
  return {
    blockMaxBytes: toBigInt(block.max_bytes),
    blockMaxGas: toBigInt(block.max_gas),
    blockTimeIotaMs: iota === 0n ? undefined : iota,
    // One age, in blocks, up to 0.32.
    evidenceMaxAgeBlocks: toBigInt(evidence.max_age_num_blocks ?? evidence.max_age),
    evidenceMaxAgeNanos: evidence.max_age === undefined ? toBigInt(evidence.max_age_duration) : undefined,
    evidenceMaxBytes: style === 'amino' ? undefined : toBigInt(evidence.max_bytes),
    validatorKeyTypes: validator.pub_key_types ?? [],
    appVersion: style === 'amino' ? undefined : appVersionOf(params),
    voteExtensionsHeight: extensionsHeightOf(params),
    proposerTimeHeight: heightOf(toBigInt(params.feature?.pbts_enable_height ?? 0)),
    synchronyPrecisionNanos: params.synchrony ? toBigInt(params.synchrony.precision ?? 0) : undefined,
    synchronyDelayNanos: params.synchrony ? toBigInt(params.synchrony.message_delay ?? 0) : undefined,
  };
}

/** Among the params of ABCI in 0.38, of features in 1.x. */
const extensionsHeightOf = ({ abci, feature }: RpcConsensusParams): bigint | undefined =>
  heightOf(toBigInt((abci ?? feature)?.vote_extensions_enable_height ?? 0));

/** `app_version` in 0.34, `app` since 0.37. */
const appVersionOf = ({ version }: RpcConsensusParams): bigint =>
  toBigInt(version?.app_version ?? version?.app);
