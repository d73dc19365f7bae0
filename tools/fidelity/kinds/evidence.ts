import { at, type Json, list, text, textOr } from '../json.ts';
import type { Kind, Recorded } from '../kind.ts';
import { addressHex, timeOf, timeSql } from '../normal.ts';
import { answers, type Recording } from '../recording.ts';
import { recordedSets } from './validator-sets.ts';

/** Power of a validator in the recorded set of a height: old evidence doesn't carry it. */
function powerAt(sets: Map<string, Recorded>, height: string | null, address: string | null): string | null {
  const set = sets.get(height ?? '')?.value;
  const validator = list(set).find((one) => text(at(one, 'address')) === address);
  return text(at(validator, 'voting_power'));
}

function totalAt(sets: Map<string, Recorded>, height: string | null): string | null {
  const set = sets.get(height ?? '')?.value;
  if (set === undefined) return null;
  return list(set)
    .reduce((sum, one) => sum + BigInt(textOr(at(one, 'voting_power'), '0')), 0n)
    .toString();
}

function duplicateVote(value: Json | undefined, sets: Map<string, Recorded>): Json {
  const vote = at(value, 'vote_a') ?? at(value, 'VoteA');
  const height = text(at(vote, 'height'));
  const address = text(at(vote, 'validator_address'));
  const power = text(at(value, 'ValidatorPower') ?? at(value, 'validator_power'));
  const total = text(at(value, 'TotalVotingPower') ?? at(value, 'total_voting_power'));
  return {
    kind: 'duplicate_vote',
    evidence_height: height,
    address,
    power: power ?? powerAt(sets, height, address),
    total_power: total ?? totalAt(sets, height),
    // Before 0.34 evidence has no time of its own: it is vote A's (tendermint v0.33.9 types/evidence.go, Time).
    time: timeOf(at(value, 'Timestamp') ?? at(value, 'timestamp') ?? at(vote, 'timestamp')),
  };
}

function recorded(recording: Recording): Map<string, Recorded> {
  const sets = recordedSets(recording);
  const all = new Map<string, Recorded>();
  for (const { body } of answers(recording.rpc, '/block')) {
    const height = text(at(body, 'block', 'header', 'height'));
    for (const [index, one] of list(at(body, 'block', 'evidence', 'evidence')).entries()) {
      const type = textOr(at(one, 'type'), '');
      if (!type.includes('DuplicateVote'))
        throw new Error(`block ${height}: evidence of type ${type} is not known to this comparison`);
      all.set(`${height}/${index}`, {
        height: Number(height),
        value: duplicateVote(at(one, 'value'), sets),
      });
    }
  }
  return all;
}

/** Evidence in blocks: validator, height, time, voting power. */
export const evidence: Kind = {
  name: 'evidence',
  recorded,
  shown: async ({ database, chainId }) => {
    type Row = { key: string; address: string | null } & Record<string, string | null>;
    const { rows } = await database.query<Row>(
      `select height || '/' || evidence_index as key, kind, evidence_height::text, consensus_address as address,
         power::text, total_power::text, ${timeSql('evidence_time', 'evidence_time_ns')} as time
       from baleen.evidence where chain_id = $1 order by height, evidence_index`,
      [chainId],
    );
    return rows.map(({ key, address, ...rest }) => ({
      key,
      recordedAs: key,
      value: { ...rest, address: addressHex(address) },
    }));
  },
};
