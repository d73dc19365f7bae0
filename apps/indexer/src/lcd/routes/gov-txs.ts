/** What the legacy servers look for in txs: who proposed, and the deposits and votes that state has no more. */
import { type Api, NOT_FOUND, type Route, type Row } from '../route.ts';
import { nilWhenEmpty } from './shapes.ts';

/* Messages of txs with an event about the proposal, oldest first. */
const sent = (event: string, types: string): string => `baleen.messages m
    where m.chain_id = p.chain_id and m.success and m.path = '' and m.type in (${types})
      and exists (select from baleen.events e where (e.chain_id, e.height, e.tx_index) = (m.chain_id, m.height, m.tx_index)
        and e.type = '${event}' and e.attributes @> jsonb_build_array(jsonb_build_array('proposal_id', p.proposal_id::text)))`;
const IN_ORDER = 'order by m.height, m.tx_index, m.msg_index';
const SUBMIT = `'gov/MsgSubmitProposal', '/cosmos.gov.v1beta1.MsgSubmitProposal'`;
const DEPOSIT = `'gov/MsgDeposit', '/cosmos.gov.v1beta1.MsgDeposit'`;
const VOTE = `'/cosmos.gov.v1beta1.MsgVote', '/cosmos.gov.v1beta1.MsgVoteWeighted'`;

/* Found for a proposal that state no longer has, too. */
const PROPOSER = `select :'proposal' as proposal_id, m.value ->> 'proposer' as proposer
from baleen.events e join baleen.messages m using (chain_id, height, tx_index)
where e.type = 'submit_proposal' and e.attributes @> jsonb_build_array(jsonb_build_array('proposal_id', :'proposal'::text))
  and m.path = '' and m.type in (${SUBMIT})
${IN_ORDER} limit 1`;

const proposer = (api: Api): Route => ({
  api,
  of: 'chain',
  path: '/gov/proposals/{proposal}/proposer',
  sql: PROPOSER,
  print: ([row]) => row ?? NOT_FOUND,
});

const INITIAL = `select m.value ->> 'proposer' as depositor, m.value -> 'initial_deposit' as amount, m.height, m.tx_index, m.msg_index
    from ${sent('submit_proposal', SUBMIT)}`;
const LATER = `select m.value ->> 'depositor' as depositor, m.value -> 'amount' as amount, m.height, m.tx_index, m.msg_index
    from ${sent('proposal_deposit', DEPOSIT)}`;

/** SQL for the deposits in state and those made by txs. */
const deposits = (made: string, state = '', txs = ''): string => `select p.proposal_id, p.status,
  (select jsonb_agg(d order by d.depositor) from (select x.depositor, jsonb_agg(jsonb_build_object('denom', x.denom, 'amount', x.amount::text) order by x.denom) as amount
    from baleen.proposal_deposits_state x where (x.chain_id, x.proposal_id) = (p.chain_id, p.proposal_id)${state} group by x.depositor) d) as held,
  (select jsonb_agg(jsonb_build_object('depositor', m.depositor, 'amount', m.amount) ${IN_ORDER}) from (${made}) m${txs}) as made
from baleen.proposals_state p where p.proposal_id::text = :'proposal'`;
const OWN_HELD = ` and x.depositor = :'depositor'`;
const OWN_MADE = ` where m.depositor = :'depositor'`;

interface Deposit {
  readonly depositor: string;
  readonly amount: readonly unknown[];
}

/** True if the proposal is decided: its deposits were returned or burned, and its votes removed. */
const isDecided = ({ status }: Row): boolean => !/period/.test(status as string);
const list = <Item>(value: unknown): readonly Item[] => (value ?? []) as readonly Item[];
const depositsOf = (row: Row, column: 'held' | 'made'): unknown[] =>
  list<Deposit>(row[column])
    .filter(({ amount }) => amount.length > 0)
    .map((deposit) => ({ proposal_id: row.proposal_id, ...deposit }));

const allDeposits =
  (empty: (found: unknown[]) => unknown): Route['print'] =>
  ([row]) => {
    if (row === undefined) return NOT_FOUND;
    return isDecided(row) ? empty(depositsOf(row, 'made')) : depositsOf(row, 'held');
  };
const oneDeposit: Route['print'] = ([row]) =>
  row === undefined ? NOT_FOUND : (depositsOf(row, 'held')[0] ?? depositsOf(row, 'made')[0] ?? NOT_FOUND);

const BOTH = `${INITIAL}\n    union all ${LATER}`;
const DEPOSITS: readonly Route[] = [
  {
    api: 'amino-0.39',
    path: '/gov/proposals/{proposal}/deposits',
    sql: deposits(LATER),
    print: allDeposits(nilWhenEmpty),
    set: '',
  },
  {
    api: 'amino-0.39',
    path: '/gov/proposals/{proposal}/deposits/{depositor}',
    sql: deposits(LATER, OWN_HELD, OWN_MADE),
    print: oneDeposit,
  },
  {
    api: 'amino-0.44',
    path: '/gov/proposals/{proposal}/deposits',
    sql: deposits(BOTH),
    print: allDeposits(nilWhenEmpty),
    set: '',
  },
  {
    api: 'amino-0.44',
    path: '/gov/proposals/{proposal}/deposits/{depositor}',
    sql: deposits(BOTH, OWN_HELD, OWN_MADE),
    print: oneDeposit,
    explained: {
      reason:
        'the server of SDK 0.44, which answers with the proposer’s deposit whoever is asked for, when state has none',
      sql: deposits(BOTH, OWN_HELD),
      print: oneDeposit,
    },
  },
];

const votes = (state = '', txs = ''): string => `select p.proposal_id, p.status,
  (select jsonb_agg(v order by v.voter) from (select x.voter, jsonb_agg(jsonb_build_object('option', x.option, 'weight', x.weight::text) order by x.option_index) as options
    from baleen.proposal_votes_state x where (x.chain_id, x.proposal_id) = (p.chain_id, p.proposal_id)${state} group by x.voter) v) as held,
  (select jsonb_agg(m.value ${IN_ORDER}) from ${sent('proposal_vote', VOTE)}${txs}) as made
from baleen.proposals_state p where p.proposal_id::text = :'proposal'`;

interface HeldVote {
  readonly voter: string;
  readonly options: readonly { readonly option: string; readonly weight: string }[];
}

/** Fields of a MsgVote or a MsgVoteWeighted. */
interface SentVote {
  readonly voter: string;
  readonly option?: string;
  readonly options?: readonly { readonly option: string; readonly weight: string }[];
}

const OPTIONS = ['', 'yes', 'abstain', 'no', 'no_with_veto'];
const numbered = (option: string): number =>
  OPTIONS.indexOf(option.replace('VOTE_OPTION_', '').toLowerCase());

/** A vote for one option has it in the old field `option` too. */
const heldVotes = (row: Row): unknown[] =>
  list<HeldVote>(row.held).map(({ voter, options }) => ({
    proposal_id: row.proposal_id,
    voter,
    ...(options.length === 1 && { option: numbered(options[0]!.option) }),
    options: options.map(({ option, weight }) => ({ option: numbered(option), weight })),
  }));
const sentVotes = (row: Row): { voter: string; options: readonly { option: string; weight: string }[] }[] =>
  list<SentVote>(row.made).map(({ voter, option, options }) => ({
    proposal_id: row.proposal_id,
    voter,
    options: options ?? [{ option: option!, weight: '1.000000000000000000' }],
  }));
const numberedVote = ({ options, ...vote }: ReturnType<typeof sentVotes>[number]): unknown => ({
  ...vote,
  options: options.map(({ option, weight }) => ({ option: numbered(option), weight })),
});

/** Prints one vote; only a vote taken from a tx is printed as the gateway would. */
function oneVote([row]: readonly Row[]): unknown {
  if (row === undefined) return NOT_FOUND;
  const [sentVote] = sentVotes(row);
  return (
    heldVotes(row)[0] ??
    (sentVote === undefined ? NOT_FOUND : { ...sentVote, option: 'VOTE_OPTION_UNSPECIFIED' })
  );
}

const VOTES: readonly Route[] = [
  {
    api: 'amino-0.44',
    path: '/gov/proposals/{proposal}/votes',
    sql: votes(),
    print: ([row]) => {
      if (row === undefined) return NOT_FOUND;
      return isDecided(row) ? sentVotes(row).map(numberedVote) : heldVotes(row);
    },
    set: '',
  },
  {
    api: 'amino-0.44',
    path: '/gov/proposals/{proposal}/votes/{voter}',
    sql: votes(` and x.voter = :'voter'`, ` and m.value ->> 'voter' = :'voter'`),
    print: oneVote,
  },
];

export const govTxRoutes: readonly Route[] = [
  proposer('amino-0.39'),
  proposer('amino-0.44'),
  ...DEPOSITS,
  ...VOTES,
];
