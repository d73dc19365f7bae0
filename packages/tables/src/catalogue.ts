/* Made by npm run table-catalogue from the files of facts/; do not edit. */
import { blocks } from './facts/blocks.ts';
import { commits, missedVotes } from './facts/commits.ts';
import { consensusParams } from './facts/consensus-params.ts';
import { digests } from './facts/digests.ts';
import { events } from './facts/events.ts';
import { evidence } from './facts/evidence.ts';
import { messages } from './facts/messages.ts';
import { txFees } from './facts/tx-fees.ts';
import { txHashes } from './facts/tx-hashes.ts';
import { txSignatures } from './facts/tx-signatures.ts';
import { txs } from './facts/txs.ts';
import { validatorOperators } from './facts/validator-operators.ts';
import { validatorUpdates } from './facts/validator-updates.ts';
import { validatorSets, validators } from './facts/validators.ts';

/** Every table of facts, in the order of writing: blocks first, since its key is what refuses a height written twice. */
export const tables = {
  blocks,
  commits,
  consensus_params: consensusParams,
  digests,
  events,
  evidence,
  messages,
  missed_votes: missedVotes,
  tx_fees: txFees,
  tx_hashes: txHashes,
  tx_signatures: txSignatures,
  txs,
  validator_operators: validatorOperators,
  validator_sets: validatorSets,
  validator_updates: validatorUpdates,
  validators,
} as const;
