import type { ProposalState, VoteOption } from '@baleen/chain';
import { misfit } from '../errors.ts';
import { Fields } from '../json-fields.ts';
import type { MakeRecords } from '../layout.ts';

/** 1 in units of 1e-18. */
const WHOLE = 10n ** 18n;

/** Status by its name in JSON: first amino's names, then protobuf's. */
const STATUSES: Readonly<Record<string, ProposalState['status']>> = {
  DepositPeriod: 'deposit_period',
  VotingPeriod: 'voting_period',
  Passed: 'passed',
  Rejected: 'rejected',
  Failed: 'failed',
  PROPOSAL_STATUS_DEPOSIT_PERIOD: 'deposit_period',
  PROPOSAL_STATUS_VOTING_PERIOD: 'voting_period',
  PROPOSAL_STATUS_PASSED: 'passed',
  PROPOSAL_STATUS_REJECTED: 'rejected',
  PROPOSAL_STATUS_FAILED: 'failed',
};
const OPTIONS: Readonly<Record<string, VoteOption>> = {
  Yes: 'yes',
  Abstain: 'abstain',
  No: 'no',
  NoWithVeto: 'no_with_veto',
  VOTE_OPTION_YES: 'yes',
  VOTE_OPTION_ABSTAIN: 'abstain',
  VOTE_OPTION_NO: 'no',
  VOTE_OPTION_NO_WITH_VETO: 'no_with_veto',
};

/** Makes the record of a proposal.
 * @param names  JSON names of the id and the status, which differ between eras */
export const proposal =
  (names: { readonly id: string; readonly status: string }): MakeRecords =>
  ({ key, value }) => {
    const proposalId = key.uint64();
    key.end();
    const fields = new Fields(value.data);
    fields.same(names.id, proposalId);
    const content = fields.object('content');
    const { title } = ('value' in content.members ? content.object('value') : content).members;
    return [
      {
        kind: 'proposal',
        proposalId,
        contentType: content.name('@type' in content.members ? '@type' : 'type'),
        title: typeof title === 'string' ? title : undefined,
        status: named(STATUSES, fields.text(names.status)),
        submitTime: fields.time('submit_time'),
        depositEndTime: fields.time('deposit_end_time'),
        votingStartTime: fields.time('voting_start_time'),
        votingEndTime: fields.time('voting_end_time'),
        valueJson: value.json,
      },
    ];
  };

export const deposit: MakeRecords = ({ key, value }) => {
  const proposalId = key.uint64();
  const depositor = key.account();
  key.end();
  const fields = new Fields(value.data);
  fields.same('proposal_id', proposalId);
  fields.same('depositor', depositor);
  return [{ kind: 'deposit', proposalId, depositor, coins: fields.coins('amount') }];
};

/** `option` alone, or weighted `options` (SDK 0.43 on). */
export const vote: MakeRecords = ({ key, value }) => {
  const proposalId = key.uint64();
  const voter = key.account();
  key.end();
  const fields = new Fields(value.data);
  fields.same('proposal_id', proposalId);
  fields.same('voter', voter);
  const weighted = ('options' in fields.members ? fields.list('options') : []).map(
    (each) => new Fields(each),
  );
  const options = weighted.map((each) => ({
    option: named(OPTIONS, each.text('option')),
    weight: each.decimal('weight'),
  }));
  const single = { option: fields.text('option'), weight: WHOLE };
  return [
    {
      kind: 'vote',
      proposalId,
      voter,
      options: options.length > 0 ? options : [{ ...single, option: named(OPTIONS, single.option) }],
    },
  ];
};

function named<Name>(names: Readonly<Record<string, Name>>, printed: string): Name {
  const name = names[printed];
  if (name === undefined) throw misfit(`one of ${Object.keys(names).join(', ')}`, printed);
  return name;
}
