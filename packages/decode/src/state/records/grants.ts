import { Fields } from '../json-fields.ts';
import { readJsonMember } from '../json-member.ts';
import type { MakeRecords } from '../layout.ts';

/** Keyed by granter, grantee and what is granted: a message's type. */
export const grant: MakeRecords = ({ key, value }) => {
  const granter = key.account();
  const grantee = key.account();
  const messageType = key.text();
  const fields = new Fields(value.data);
  // Refuses a grant of nothing.
  fields.object('authorization');
  return [
    {
      kind: 'grant',
      granter,
      grantee,
      messageType,
      expiration: fields.time('expiration'),
      authorizationJson: readJsonMember(value.json, 'authorization')!,
    },
  ];
};

/** Keyed by grantee, then granter. */
export const feeAllowance: MakeRecords = ({ key, value }) => {
  const grantee = key.account();
  const granter = key.account();
  key.end();
  const fields = new Fields(value.data);
  fields.same('granter', granter);
  fields.same('grantee', grantee);
  fields.object('allowance');
  return [
    { kind: 'fee_allowance', granter, grantee, allowanceJson: readJsonMember(value.json, 'allowance')! },
  ];
};
