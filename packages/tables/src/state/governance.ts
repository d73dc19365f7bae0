import { jsonCells } from '../json-cell.ts';
import { heldOrNull } from '../postgres-text.ts';
import { indexed, optional, required } from '../table.ts';
import { address, baseUnits, denom, json, time, timeCells } from './columns.ts';
import { defineStateTable } from './state-table.ts';

const proposalId = required('numeric', 'hash', 'Number of the proposal.');

export const proposals = defineStateTable({
  name: 'state_proposals',
  doc: 'One row is a proposal that the chain keeps: decided ones too, those whose deposit ran out not. Key: chain_id, proposal_id, from_height.',
  kinds: ['proposal'],
  columns: {
    proposal_id: proposalId,
    content_type: required('text', 'hash', 'Type of the content as the chain calls it.'),
    title: optional('text', 'hash', 'Title; U+FFFD for what Postgres refuses. NULL: the content has none.'),
    status: required('text', 'hash', 'deposit_period, voting_period, passed, rejected or failed.'),
    ...time('submit_time', 'When it was submitted.'),
    ...time('deposit_end_time', 'Until when deposits are taken.'),
    ...time('voting_start_time', 'When voting began.'),
    ...time('voting_end_time', 'When voting ends.'),
    ...json(
      'value',
      'The proposal as REST prints it: content, tally (zero until it is decided), total deposit.',
    ),
  },
  rows: (record) => {
    const { value, raw } = jsonCells(record.valueJson);
    return [
      {
        proposal_id: record.proposalId,
        content_type: record.contentType,
        title: heldOrNull(record.title),
        status: record.status,
        ...timeCells('submit_time', record.submitTime),
        ...timeCells('deposit_end_time', record.depositEndTime),
        ...timeCells('voting_start_time', record.votingStartTime),
        ...timeCells('voting_end_time', record.votingEndTime),
        value,
        value_raw: raw,
      },
    ];
  },
});

export const deposits = defineStateTable({
  name: 'state_deposits',
  doc: 'One row is a coin that somebody deposited on a proposal that is not decided. Key: chain_id, proposal_id, depositor, denom, from_height.',
  kinds: ['deposit'],
  columns: {
    proposal_id: proposalId,
    depositor: address("The depositor's address."),
    denom,
    amount: baseUnits('Amount.'),
  },
  rows: (record) =>
    record.coins.map((coin) => ({
      proposal_id: record.proposalId,
      depositor: record.depositor,
      denom: coin.denom,
      amount: coin.amount,
    })),
});

export const votes = defineStateTable({
  name: 'state_votes',
  doc: 'One row is an option of a vote on a proposal that is not decided. Key: chain_id, proposal_id, voter, option_index, from_height.',
  kinds: ['vote'],
  columns: {
    proposal_id: proposalId,
    voter: address("The voter's address."),
    option_index: required('int4', 'hash', 'Position among the options of the vote, from 0.'),
    option: required('text', 'hash', 'yes, abstain, no or no_with_veto.'),
    weight: required('decimal', 'hash', 'Part of the vote: 1 is all of it.'),
  },
  rows: (record) =>
    record.options.map(({ option, weight }, option_index) => ({
      proposal_id: record.proposalId,
      voter: record.voter,
      option_index,
      option,
      weight,
    })),
});

export const grants = defineStateTable({
  name: 'state_grants',
  doc: 'One row is what an account may do for another (authz, msgauth); expired ones too until the chain removes them. Key: chain_id, granter, grantee, message_type, from_height.',
  kinds: ['grant'],
  columns: {
    granter: address('Who allowed it.'),
    grantee: address('Who may do it.'),
    message_type: indexed(
      required(
        'text',
        'hash',
        "What is allowed, as the chain's key says it: send, /cosmos.bank.v1beta1.MsgSend, ...",
      ),
    ),
    ...time('expiration', 'Until when.'),
    ...json('authorization_value', 'The authorization as REST prints it.'),
  },
  rows: (record) => {
    const { value, raw } = jsonCells(record.authorizationJson);
    return [
      {
        granter: record.granter,
        grantee: record.grantee,
        message_type: record.messageType,
        ...timeCells('expiration', record.expiration),
        authorization_value: value,
        authorization_value_raw: raw,
      },
    ];
  },
});

export const feeAllowances = defineStateTable({
  name: 'state_fee_allowances',
  doc: 'One row is fees that an account pays for another (feegrant). Key: chain_id, granter, grantee, from_height.',
  kinds: ['fee_allowance'],
  columns: {
    granter: address('Who pays.'),
    grantee: address('Whose fees.'),
    ...json('allowance', 'The allowance as REST prints it.'),
  },
  rows: (record) => {
    const { value, raw } = jsonCells(record.allowanceJson);
    return [{ granter: record.granter, grantee: record.grantee, allowance: value, allowance_raw: raw }];
  },
});
