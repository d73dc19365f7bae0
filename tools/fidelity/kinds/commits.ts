import { at, type Json, list, text, textOr } from '../json.ts';
import type { Kind, Recorded, Scope, Shown } from '../kind.ts';
import { addressHex, timeOf, timeSql } from '../normal.ts';
import { answers } from '../recording.ts';
import { recordedSets } from './validator-sets.ts';

/** An absent validator has no address in a commit: its place in the recorded set tells who it is. */
const signatureOf = (json: Json, member: Json | undefined): Json => ({
  flag: textOr(at(json, 'block_id_flag'), '0'),
  address: textOr(at(json, 'validator_address'), '') || textOr(at(member, 'address'), ''),
  time: timeOf(at(json, 'timestamp')),
  signature: textOr(at(json, 'signature'), ''),
});

const commitOf = (json: Json | undefined, set: Json | undefined): Json =>
  at(json, 'precommits') === undefined ? signedCommit(json, set) : votedCommit(json, set);

/** Up to 0.32 a commit is a list of votes, null for an absent validator. */
function votedCommit(json: Json | undefined, set: Json | undefined): Json {
  const votes = list(at(json, 'precommits'));
  const hash = textOr(at(json, 'block_id', 'hash'), '');
  const flagOf = (vote: Json): string =>
    ({ [hash]: '2', '': '3' })[textOr(at(vote, 'block_id', 'hash'), '')] ?? '4';
  return {
    round: textOr(at(votes.find((vote) => vote !== null) ?? null, 'round'), '0'),
    block_hash: hash,
    signatures: votes.map((vote, place) =>
      vote === null
        ? { flag: '1', address: textOr(at(set, place, 'address'), ''), time: null, signature: '' }
        : signatureOf({ ...(vote as { [key: string]: Json }), block_id_flag: flagOf(vote) }, undefined),
    ),
  };
}

const signedCommit = (json: Json | undefined, set: Json | undefined): Json => ({
  round: textOr(at(json, 'round'), '0'),
  block_hash: textOr(at(json, 'block_id', 'hash'), ''),
  signatures: list(at(json, 'signatures')).map((signature, place) => signatureOf(signature, at(set, place))),
});

async function shown({ database, chainId }: Scope): Promise<Shown[]> {
  type Row = Record<'height' | 'round' | 'flag' | 'block_hash' | 'address_hex', string> & {
    address: string | null;
    time: string | null;
    signature: Buffer | null;
  };
  const { rows } = await database.query<Row>(
    `select s.height::text, s.round::text, b.block_hash, s.flag::text, s.consensus_address as address,
       s.consensus_address_hex as address_hex, ${timeSql('s.time', 's.time_ns')} as time, s.signature
     from baleen.commit_signatures s
     left join baleen.blocks b on b.chain_id = s.chain_id and b.height = s.height
     where s.chain_id = $1 order by s.height, s.vote_index`,
    [chainId],
  );
  const commits = new Map<string, { round: string; block_hash: string; signatures: Json[] }>();
  for (const { height, round, block_hash, flag, address, address_hex, time, signature } of rows) {
    const commit = commits.get(height) ?? { round, block_hash, signatures: [] };
    commits.set(height, commit);
    const shownAddress =
      addressHex(address) === address_hex ? address_hex : `${address} is not ${address_hex}`;
    commit.signatures.push({
      flag,
      address: shownAddress,
      time,
      signature: signature?.toString('base64') ?? '',
    });
  }
  return [...commits].map(([height, value]) => ({ key: height, recordedAs: height, value }));
}

/** The head's commit comes with the next block. */
const last = ({ to }: Scope): number => to - 1;

/** Every commit that `/commit` calls canonical. */
export const commits: Kind = {
  name: 'commits',
  recorded: (recording) => {
    const all = new Map<string, Recorded>();
    const sets = recordedSets(recording);
    for (const { body } of answers(recording.rpc, '/commit')) {
      const commit = at(body, 'signed_header', 'commit');
      const height = text(at(body, 'signed_header', 'header', 'height'));
      if (at(body, 'canonical') === true && height !== null)
        all.set(height, { height: Number(height), value: commitOf(commit, sets.get(height)?.value) });
    }
    return all;
  },
  shown,
  last,
};

/** The same commits as the next block carries them. */
export const lastCommits: Kind = {
  name: 'last commits in blocks',
  recorded: (recording) => {
    const all = new Map<string, Recorded>();
    const sets = recordedSets(recording);
    for (const { body } of answers(recording.rpc, '/block')) {
      const height = Number(text(at(body, 'block', 'header', 'height')) ?? '1') - 1;
      if (height >= 1)
        all.set(String(height), {
          height,
          value: commitOf(at(body, 'block', 'last_commit'), sets.get(String(height))?.value),
        });
    }
    return all;
  },
  shown,
  last,
};
