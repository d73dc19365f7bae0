/** `/validators` and `/consensus_params` answers. */
import type { ConsensusParams, ValidatorSet } from '@baleen/chain';
import type { BlockStyle } from '../tendermint/encode-block.ts';
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
    validators: validators.map((each) => ({
      address: fromHex(each.address),
      ...decodePublicKey(each.pub_key),
      votingPower: toBigInt(each.voting_power),
    })),
  };
}

export function decodeConsensusParamsAnswer(json: unknown, style: BlockStyle): ConsensusParams {
  const { consensus_params: params } = parseAnswer(consensusParamsSchema, '/consensus_params', json);
  const { block, evidence, validator } = params;
  const iota = toBigInt(block.time_iota_ms);
  return {
    blockMaxBytes: toBigInt(block.max_bytes),
    blockMaxGas: toBigInt(block.max_gas),
    blockTimeIotaMs: iota === 0n ? undefined : iota,
    evidenceMaxAgeBlocks: toBigInt(evidence.max_age_num_blocks),
    evidenceMaxAgeNanos: toBigInt(evidence.max_age_duration),
    evidenceMaxBytes: style === 'amino' ? undefined : toBigInt(evidence.max_bytes),
    validatorKeyTypes: validator.pub_key_types ?? [],
    appVersion: style === 'amino' ? undefined : appVersionOf(params),
  };
}

/** `app_version` in 0.34, `app` since 0.37. */
const appVersionOf = ({ version }: RpcConsensusParams): bigint =>
  toBigInt(version?.app_version ?? version?.app);
