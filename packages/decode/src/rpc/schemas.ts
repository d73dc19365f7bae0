/** What nodes of Tendermint 0.31 to CometBFT 1.x answer over RPC. Unknown keys are refused, so that no field is lost unseen.
 *
 * A schema says the shape only; nothing is converted. Whole numbers are strings or numbers, as versions differ:
 * ≤0.33 writes `parts.total`, `round` and `validator_index` as strings, later versions as numbers. */
import { z } from 'zod';

const integer = z.union([z.int(), z.string().regex(/^-?\d+$/)]);
const hex = z.string().regex(/^(?:[0-9A-Fa-f]{2})*$/);
const hash = z.string().regex(/^(?:[0-9A-Fa-f]{64})?$/, 'expected 32 bytes or none');
const address = z.string().regex(/^(?:[0-9A-Fa-f]{40})?$/, 'expected 20 bytes or none');
const base64 = z.string();
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/, 'expected RFC 3339 in UTC');
const list = <Element extends z.ZodType>(element: Element) => z.array(element).nullable();

const partSet = z.strictObject({ total: integer, hash });
/** `part_set_header` is how prereleases of 0.34 wrote it. */
const blockId = z.union([
  z.strictObject({ hash, parts: partSet }),
  z.strictObject({ hash, part_set_header: partSet }),
]);

/** `app` is not written when zero by ≥0.34. */
const header = z.strictObject({
  version: z.strictObject({ block: integer.optional(), app: integer.optional() }),
  chain_id: z.string(),
  height: integer,
  time,
  num_txs: integer.optional(),
  total_txs: integer.optional(),
  last_block_id: blockId,
  last_commit_hash: hash,
  data_hash: hash,
  validators_hash: hash,
  next_validators_hash: hash,
  consensus_hash: hash,
  app_hash: hex,
  last_results_hash: hash,
  evidence_hash: hash,
  proposer_address: address,
});

const commitSignature = z.strictObject({
  block_id_flag: z.int(),
  validator_address: address,
  timestamp: time,
  signature: base64.nullable(),
});

const vote = z.strictObject({
  type: z.int(),
  height: integer,
  round: integer,
  block_id: blockId,
  timestamp: time,
  validator_address: address,
  validator_index: integer,
  signature: base64.nullable(),
  extension: base64.nullish(),
  extension_signature: base64.nullish(),
  non_rp_extension: base64.nullish(),
  non_rp_extension_signature: base64.nullish(),
});

const commit = z.strictObject({
  height: integer,
  round: integer,
  block_id: blockId,
  signatures: list(commitSignature),
});

/** ≤0.32: votes, and null for an absent one. */
const precommits = z.strictObject({ block_id: blockId, precommits: list(vote.nullable()) });

const publicKey = z.strictObject({ type: z.string(), value: base64 });

const validator = z.strictObject({
  address,
  pub_key: publicKey,
  voting_power: integer,
  proposer_priority: integer.optional(),
});

const validatorSet = z.strictObject({
  validators: list(validator),
  proposer: validator.nullish(),
  total_voting_power: integer.optional(),
});

/** 0.34 names what it added as Go does, 0.37 and later in snake case. */
const duplicateVote = z.strictObject({
  PubKey: publicKey.optional(),
  VoteA: vote.optional(),
  VoteB: vote.optional(),
  vote_a: vote.optional(),
  vote_b: vote.optional(),
  TotalVotingPower: integer.optional(),
  ValidatorPower: integer.optional(),
  Timestamp: time.optional(),
  total_voting_power: integer.optional(),
  validator_power: integer.optional(),
  timestamp: time.optional(),
});

const lightBlock = z.strictObject({
  signed_header: z.strictObject({ header, commit }),
  validator_set: validatorSet,
});

const lightClientAttack = z.strictObject({
  ConflictingBlock: lightBlock,
  CommonHeight: integer,
  ByzantineValidators: list(validator),
  TotalVotingPower: integer,
  Timestamp: time,
});

const evidence = z.union([
  z.strictObject({ type: z.literal('tendermint/DuplicateVoteEvidence'), value: duplicateVote }),
  z.strictObject({ type: z.literal('tendermint/LightClientAttackEvidence'), value: lightClientAttack }),
]);

const block = z.strictObject({
  header,
  data: z.strictObject({ txs: list(base64) }),
  evidence: z.strictObject({ evidence: list(evidence).optional() }),
  last_commit: z.union([commit, precommits]).nullable(),
});

/** ≤0.32 answers with the meta, later versions with the id alone. */
export const blockSchema = z.union([
  z.strictObject({ block_id: blockId, block }),
  z.strictObject({ block_meta: z.strictObject({ block_id: blockId, header }), block }),
]);

export const commitSchema = z.strictObject({
  signed_header: z.strictObject({ header, commit: z.union([commit, precommits]) }),
  canonical: z.boolean(),
});

/** `count` and `total` since 0.33, where pages are. */
export const validatorsSchema = z.strictObject({
  block_height: integer,
  validators: list(validator),
  count: integer.optional(),
  total: integer.optional(),
});

/** 0.34 leaves out fields that are zero or empty, because its answer is a protobuf message (`omitempty`). */
const consensusParams = z.strictObject({
  block: z.strictObject({
    max_bytes: integer.optional(),
    max_gas: integer.optional(),
    time_iota_ms: integer.optional(),
  }),
  evidence: z.strictObject({
    max_age: integer.optional(),
    max_age_num_blocks: integer.optional(),
    max_age_duration: integer.optional(),
    max_bytes: integer.optional(),
  }),
  validator: z.strictObject({ pub_key_types: list(z.string()).optional() }),
  version: z.strictObject({ app_version: integer.optional(), app: integer.optional() }).optional(),
  abci: z.strictObject({ vote_extensions_enable_height: integer.nullish() }).nullish(),
  synchrony: z.strictObject({ precision: integer.nullish(), message_delay: integer.nullish() }).nullish(),
  feature: z
    .strictObject({ vote_extensions_enable_height: integer.nullish(), pbts_enable_height: integer.nullish() })
    .nullish(),
});

export const consensusParamsSchema = z.strictObject({
  block_height: integer,
  consensus_params: consensusParams,
});

/** `index` is a node's configuration. Up to 0.34 key and value are base64. dydx's empty events have no type. */
const attribute = z.strictObject({
  key: z.string().nullish(),
  value: z.string().nullish(),
  index: z.boolean().optional(),
});
const event = z.strictObject({ type: z.string().optional(), attributes: list(attribute).optional() });
const events = list(event).optional();

/** Empty values are left out by 0.31 and 0.32.0; gas is camel case up to 0.33. */
const txResult = z.strictObject({
  code: integer.optional(),
  data: base64.nullish(),
  log: z.string().optional(),
  info: z.string().optional(),
  gasWanted: integer.optional(),
  gasUsed: integer.optional(),
  gas_wanted: integer.optional(),
  gas_used: integer.optional(),
  events,
  tags: list(attribute).optional(),
  codespace: z.string().optional(),
});

const validatorUpdate = z.strictObject({
  pub_key: z
    .union([
      z.strictObject({ type: z.string().optional(), data: base64 }),
      z.strictObject({
        Sum: z.strictObject({ type: z.string(), value: z.record(z.string(), base64) }),
      }),
    ])
    .optional(),
  pub_key_type: z.string().optional(),
  pub_key_bytes: base64.optional(),
  power: integer.optional(),
});

const paramUpdates = z.strictObject({
  block: z
    .strictObject({
      max_bytes: integer.optional(),
      max_gas: integer.optional(),
      time_iota_ms: integer.optional(),
    })
    .nullish(),
  evidence: z
    .strictObject({
      max_age: integer.optional(),
      max_age_num_blocks: integer.optional(),
      max_age_duration: integer.optional(),
      max_bytes: integer.optional(),
    })
    .nullish(),
  validator: z.strictObject({ pub_key_types: list(z.string()).optional() }).nullish(),
  version: consensusParams.shape.version.nullish(),
  abci: consensusParams.shape.abci,
  synchrony: consensusParams.shape.synchrony,
  feature: consensusParams.shape.feature,
});

const oldBeginBlock = z.strictObject({ events, tags: list(attribute).optional() });
const oldEndBlock = z.strictObject({
  validator_updates: list(validatorUpdate).optional(),
  consensus_param_updates: paramUpdates.nullish(),
  events,
  tags: list(attribute).optional(),
});

/** `/block_results` of 0.33 and later. Only Sei answers with `total_gas_used`. */
export const blockResultsSchema = z.strictObject({
  height: integer,
  txs_results: list(txResult).optional(),
  begin_block_events: events,
  end_block_events: events,
  finalize_block_events: events,
  validator_updates: list(validatorUpdate).optional(),
  consensus_param_updates: paramUpdates.nullish(),
  app_hash: base64.nullish(),
  total_gas_used: integer.optional(),
});

/** 0.31 (capitals, tags) and 0.32 (snake case, events). */
export const oldBlockResultsSchema = z.strictObject({
  height: integer,
  results: z.union([
    z.strictObject({ DeliverTx: list(txResult), EndBlock: oldEndBlock, BeginBlock: oldBeginBlock }),
    z.strictObject({ deliver_tx: list(txResult), end_block: oldEndBlock, begin_block: oldBeginBlock }),
  ]),
});

export type RpcBlock = z.infer<typeof block>;
export type RpcBlockId = z.infer<typeof blockId>;
export type RpcHeader = z.infer<typeof header>;
export type RpcCommit = z.infer<typeof commit>;
export type RpcPrecommits = z.infer<typeof precommits>;
export type RpcVote = z.infer<typeof vote>;
export type RpcPublicKey = z.infer<typeof publicKey>;
export type RpcValidator = z.infer<typeof validator>;
export type RpcValidatorSet = z.infer<typeof validatorSet>;
export type RpcEvidence = z.infer<typeof evidence>;
export type RpcDuplicateVote = z.infer<typeof duplicateVote>;
export type RpcLightClientAttack = z.infer<typeof lightClientAttack>;
export type RpcBlockResults = z.infer<typeof blockResultsSchema>;
export type RpcTxResult = z.infer<typeof txResult>;
export type RpcEvent = NonNullable<RpcBlockResults['begin_block_events']>[number];
export type RpcValidatorUpdate = z.infer<typeof validatorUpdate>;
export type RpcConsensusParams = z.infer<typeof consensusParams>;
