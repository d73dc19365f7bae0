import { coins, field, type Kind, type Registration, signer } from './schema.ts';
import { sdk037 } from './sdk-0.37.ts';
import { message, renamed } from './sdk-0.39.ts';

/* Types of Cosmos SDK 0.33 and 0.34, those of 0.37 but for what follows (x/<module>/{msg*,codec}.go at cosmos-sdk v0.34.0), and
 * of the SDK fork of columbus-2. */

/** Coins without elements were printed as null: the type had no JSON of its own yet. */
function withNullCoins(kind: Kind): Kind {
  if (typeof kind === 'string' || 'bytes' in kind || 'implements' in kind) return kind;
  if ('each' in kind) return { each: withNullCoins(kind.each), absent: 'null' };
  return { fields: kind.fields.map((each) => ({ ...each, kind: withNullCoins(each.kind) })) };
}

const changed: readonly Registration[] = [
  renamed('slashing.MsgUnjail', message('slashing/MsgUnjail', signer('address', 'operator'))),
  // A proposal was a title, a description and a kind; contents became types of their own with 0.36.
  message(
    'gov/MsgSubmitProposal',
    field('title', 'text'),
    field('description', 'text'),
    field('proposal_type', 'proposal-kind'),
    signer('proposer', 'account'),
    field('initial_deposit', coins),
  ),
];

const KEPT = new Set(
  [
    ['bank', 'MsgSend', 'MsgMultiSend'],
    [
      'staking',
      'MsgCreateValidator',
      'MsgEditValidator',
      'MsgDelegate',
      'MsgUndelegate',
      'MsgBeginRedelegate',
    ],
    [
      'distribution',
      'MsgModifyWithdrawAddress',
      'MsgWithdrawDelegationReward',
      'MsgWithdrawValidatorCommission',
    ],
    ['gov', 'MsgDeposit', 'MsgVote'],
    ['crisis', 'MsgVerifyInvariant'],
    ['tendermint', 'PubKeyEd25519', 'PubKeySecp256k1', 'PubKeyMultisigThreshold'],
  ].flatMap(([module, ...names]) => names.map((name) => `${module}/${name}`)),
);

export const sdk034: readonly Registration[] = [
  ...sdk037.filter(({ name }) => KEPT.has(name)),
  ...changed,
].map((registration) => ({ ...registration, body: withNullCoins(registration.body) }));
