import { type Api, NOT_FOUND, type Route, type Row } from '../route.ts';
import { grouped, listed, one, withoutEmpty } from './shapes.ts';

const PROPOSALS = 'select value from baleen.proposals_state';
const IN_ORDER = 'order by proposal_id';
const ONE = `${PROPOSALS} where proposal_id::text = :'proposal'`;
/* A proposal without any still has a row, so that it differs from an unknown proposal. */
const ofProposal = (view: string, columns: string): string =>
  `select p.proposal_id, p.status, ${columns} from baleen.proposals_state p
left join baleen.${view} x using (chain_id, proposal_id) where p.proposal_id::text = :'proposal'`;
const DEPOSITS = ofProposal('proposal_deposits_state', 'x.depositor, x.denom, x.amount');
const VOTES = ofProposal('proposal_votes_state', 'x.voter, x.option_index, x.option, x.weight');
const DEPOSITS_IN_ORDER = `${DEPOSITS} order by x.depositor, x.denom`;
const VOTES_IN_ORDER = `${VOTES} order by x.voter, x.option_index`;

const present = (rows: readonly Row[], column: string): Row[] => rows.filter((row) => row[column] !== null);

const depositsOf = (rows: readonly Row[]): unknown[] =>
  grouped(present(rows, 'depositor'), 'depositor').map((own) => ({
    proposal_id: own[0]!.proposal_id,
    depositor: own[0]!.depositor,
    amount: own.map(({ denom, amount }) => ({ denom, amount })),
  }));

/** How SDK 0.39 prints a vote's option, by the option's name in the views. A vote has exactly one option there. */
const AMINO_OPTIONS: Readonly<Record<string, string>> = {
  yes: 'Yes',
  abstain: 'Abstain',
  no: 'No',
  no_with_veto: 'NoWithVeto',
};
const aminoVotes = (rows: readonly Row[]): unknown[] =>
  present(rows, 'voter').map((row) => ({
    proposal_id: row.proposal_id,
    voter: row.voter,
    option: AMINO_OPTIONS[row.option as string],
  }));

/** Prints votes as the gateway does. If a vote has a single option, the gateway repeats it in the deprecated field `option`. */
const gatewayVotes = (rows: readonly Row[]): unknown[] =>
  grouped(present(rows, 'voter'), 'voter').map((own) => {
    const options = own.map(({ option, weight }) => ({
      option: `VOTE_OPTION_${option!.toUpperCase()}`,
      weight,
    }));
    return {
      proposal_id: own[0]!.proposal_id,
      voter: own[0]!.voter,
      option: options.length === 1 ? options[0]!.option : 'VOTE_OPTION_UNSPECIFIED',
      options,
    };
  });

const values = (rows: readonly Row[]): unknown[] => rows.map(({ value }) => value);
const firstOrNothing = (list: readonly unknown[]): unknown => list[0] ?? NOT_FOUND;
const undecided =
  (print: (rows: readonly Row[]) => readonly unknown[], wrap: (one: unknown) => unknown): Route['print'] =>
  (rows) => {
    const found = firstOrNothing(print(rows));
    return found === NOT_FOUND ? found : wrap(found);
  };

/** Prints the first page of the proposals.
 *
 * @param rows  the page's rows, and the row after them if there is one: its id (8 bytes, big endian) is the key of the next page */
function firstPage(name: string, rows: readonly Row[], limit: number): unknown {
  const id = Buffer.alloc(8);
  const next = rows[limit];
  if (next !== undefined) id.writeBigUInt64BE(BigInt(next.proposal_id as string));
  return {
    [name]: values(rows.slice(0, limit)),
    pagination: {
      next_key: next === undefined ? null : id.toString('base64'),
      total: String(rows[0]?.total ?? 0),
    },
  };
}

const api: Api = 'amino-0.39';
const AMINO: readonly Route[] = [
  { api, path: '/gov/proposals', sql: `${PROPOSALS} ${IN_ORDER}`, print: values, isPaged: true },
  { api, path: '/gov/proposals/{proposal}', sql: ONE, print: one(({ value }) => value) },
  {
    api,
    path: '/gov/proposals?voter={voter}',
    isPaged: true,
    sql: `${PROPOSALS} where proposal_id in (select proposal_id from baleen.proposal_votes_state where voter = :'voter') ${IN_ORDER}`,
    print: values,
  },
  {
    api,
    path: '/gov/proposals?depositor={depositor}',
    isPaged: true,
    sql: `${PROPOSALS} where proposal_id in (select proposal_id from baleen.proposal_deposits_state where depositor = :'depositor') ${IN_ORDER}`,
    print: values,
  },
  {
    api,
    path: '/gov/proposals?status={status}',
    isPaged: true,
    sql: `${PROPOSALS} where status = :'status' ${IN_ORDER}`,
    print: values,
    explained: {
      reason: 'the server of SDK 0.39 takes a status that it does not know (failed) for none, and lists all',
      sql: `${PROPOSALS} where :'status' = 'failed' ${IN_ORDER}`,
      print: values,
    },
  },
  // When a proposal is decided, the server searches its votes among the txs. Without a limit it asks for 0 txs and so finds no votes.
  {
    api,
    path: '/gov/proposals/{proposal}/votes',
    sql: VOTES_IN_ORDER,
    print: (rows) => (rows.length === 0 ? NOT_FOUND : aminoVotes(rows)),
    set: '',
  },
  {
    api,
    path: '/gov/proposals/{proposal}/votes/{voter}',
    sql: `${VOTES} and x.voter = :'voter'`,
    print: (rows) => firstOrNothing(aminoVotes(rows)),
  },
];

const gov = '/cosmos/gov/v1beta1';
const gateway = 'gateway-0.44';
const STATUSES = `(array['deposit_period', 'voting_period', 'passed', 'rejected', 'failed'])[:'status'::int]`;
const GATEWAY: readonly Route[] = [
  {
    api: gateway,
    path: `${gov}/proposals`,
    sql: `${PROPOSALS} ${IN_ORDER}`,
    print: (rows) => listed('proposals', values(rows)),
  },
  {
    api: gateway,
    path: `${gov}/proposals?pagination.limit={limit}&pagination.count_total=true`,
    sql: `select value, proposal_id, count(*) over () as total from baleen.proposals_state ${IN_ORDER} limit :'limit'::int8 + 1`,
    print: (rows, { limit }) => firstPage('proposals', rows, Number(limit)),
  },
  {
    api: gateway,
    path: `${gov}/proposals?proposal_status={status}`,
    sql: `${PROPOSALS} where status = ${STATUSES} ${IN_ORDER}`,
    print: (rows) => listed('proposals', values(rows)),
  },
  {
    api: gateway,
    path: `${gov}/proposals/{proposal}`,
    sql: ONE,
    print: one(({ value }) => ({ proposal: value })),
  },
  {
    api: gateway,
    path: `${gov}/proposals/{proposal}/deposits`,
    sql: DEPOSITS_IN_ORDER,
    print: (rows) => listed('deposits', depositsOf(rows)),
    set: 'deposits',
  },
  {
    api: gateway,
    path: `${gov}/proposals/{proposal}/votes`,
    sql: VOTES_IN_ORDER,
    print: (rows) => listed('votes', gatewayVotes(rows)),
    set: 'votes',
  },
  {
    api: gateway,
    path: `${gov}/proposals/{proposal}/deposits/{depositor}`,
    sql: `${DEPOSITS} and x.depositor = :'depositor' order by x.denom`,
    print: undecided(depositsOf, (deposit) => ({ deposit })),
  },
  {
    api: gateway,
    path: `${gov}/proposals/{proposal}/votes/{voter}`,
    sql: `${VOTES} and x.voter = :'voter' order by x.option_index`,
    print: undecided(gatewayVotes, (vote) => ({ vote })),
  },
];

const CONTENTS: Readonly<Record<string, string>> = {
  '/cosmos.gov.v1beta1.TextProposal': 'gov/TextProposal',
  '/cosmos.params.v1beta1.ParameterChangeProposal': 'params/ParameterChangeProposal',
  '/cosmos.distribution.v1beta1.CommunityPoolSpendProposal': 'distribution/CommunityPoolSpendProposal',
  '/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal': 'upgrade/SoftwareUpgradeProposal',
  '/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal': 'upgrade/CancelSoftwareUpgradeProposal',
};
const STATUS_NAMES = ['deposit_period', 'voting_period', 'passed', 'rejected', 'failed'];

/** Prints a proposal, given as the gateway prints it, as the legacy routes of SDK 0.44 do. */
function leanProposal({ value, status }: Row): unknown {
  const { proposal_id, content, status: _, ...others } = value as Record<string, unknown>;
  const { '@type': type, ...body } = content as Record<string, unknown>;
  return {
    id: proposal_id,
    content: { type: CONTENTS[type as string] ?? type, value: leanContent(body) },
    status: STATUS_NAMES.indexOf(status as string) + 1,
    ...others,
  };
}

/** Prints only the fields of an upgrade plan that are set, and never the client state. */
function leanContent(body: Record<string, unknown>): unknown {
  if (body.plan === undefined) return body;
  const { upgraded_client_state: _, ...plan } = body.plan as Record<string, unknown>;
  return { ...body, plan: withoutEmpty(plan) };
}

/* A decided proposal has its final tally; one before the vote has zeros. SDK 0.39 counts a failed one anew, without votes. */
const TALLY = `select p.status, p.value -> 'final_tally_result' as final, t.yes, t.abstain, t.no, t.no_with_veto
from baleen.proposals_state p left join baleen.proposal_tallies t using (chain_id, proposal_id) where p.proposal_id::text = :'proposal'`;
const NO_VOTES = { yes: '0', abstain: '0', no: '0', no_with_veto: '0' };
const printTally = (row: Row): unknown => {
  if (row.status === 'voting_period') {
    const { yes, abstain, no, no_with_veto } = row;
    return { yes, abstain, no, no_with_veto };
  }
  return row.status === 'passed' || row.status === 'rejected' ? row.final : NO_VOTES;
};
const TALLIES: readonly Route[] = [
  { api, path: '/gov/proposals/{proposal}/tally', sql: TALLY, print: one(printTally) },
  { api: 'amino-0.44', path: '/gov/proposals/{proposal}/tally', sql: TALLY, print: one(printTally) },
  {
    api: gateway,
    path: `${gov}/proposals/{proposal}/tally`,
    sql: TALLY,
    print: one((row) => ({ tally: printTally(row) })),
  },
];

const lean: Api = 'amino-0.44';
const LEAN = 'select value, status from baleen.proposals_state';
const LEAN_ROUTES: readonly Route[] = [
  {
    api: lean,
    path: '/gov/proposals',
    sql: `${LEAN} ${IN_ORDER}`,
    print: (rows) => rows.map(leanProposal),
    isPaged: true,
  },
  {
    api: lean,
    path: '/gov/proposals?status={status}',
    isPaged: true,
    sql: `${LEAN} where status = :'status' ${IN_ORDER}`,
    print: (rows) => rows.map(leanProposal),
  },
  {
    api: lean,
    path: '/gov/proposals/{proposal}',
    sql: `${LEAN} where proposal_id::text = :'proposal'`,
    print: one(leanProposal),
  },
];

export const govRoutes: readonly Route[] = [...AMINO, ...TALLIES, ...LEAN_ROUTES, ...GATEWAY];
