import { shownText } from '@baleen/chain';
import { BYTES, decodeBech32, decodeUtf8, encodeBech32, WireReader } from '@baleen/codec';
import type { FieldPlan, MessagePlan, Plans } from './plan.ts';

/** The fields that lead from a message down to the address of a signer. Each of them may be repeated. */
export type SignerPath = readonly FieldPlan[];

/** Who signs, as `GetSigners` of each message says: SDK 0.44.5 (x/<module>/types/msgs.go) and 0.46.11, ibc-go v1.1.5 and
 * v6.1.1, wasmd v0.30.0, Terra core v0.5.14 and v2.10.5. From SDK 0.47 on, descriptors tell it themselves (`cosmos.msg.v1.signer`), and they win. */
export const SIGNER_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'cosmos.authz.v1beta1.MsgGrant': ['granter'],
  'cosmos.authz.v1beta1.MsgExec': ['grantee'],
  'cosmos.authz.v1beta1.MsgRevoke': ['granter'],
  'cosmos.bank.v1beta1.MsgSend': ['from_address'],
  'cosmos.bank.v1beta1.MsgMultiSend': ['inputs.address'],
  'cosmos.crisis.v1beta1.MsgVerifyInvariant': ['sender'],
  'cosmos.distribution.v1beta1.MsgSetWithdrawAddress': ['delegator_address'],
  'cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward': ['delegator_address'],
  'cosmos.distribution.v1beta1.MsgWithdrawValidatorCommission': ['validator_address'],
  'cosmos.distribution.v1beta1.MsgFundCommunityPool': ['depositor'],
  'cosmos.evidence.v1beta1.MsgSubmitEvidence': ['submitter'],
  'cosmos.feegrant.v1beta1.MsgGrantAllowance': ['granter'],
  'cosmos.feegrant.v1beta1.MsgRevokeAllowance': ['granter'],
  'cosmos.gov.v1beta1.MsgSubmitProposal': ['proposer'],
  'cosmos.gov.v1beta1.MsgVote': ['voter'],
  'cosmos.gov.v1beta1.MsgVoteWeighted': ['voter'],
  'cosmos.gov.v1beta1.MsgDeposit': ['depositor'],
  'cosmos.gov.v1.MsgSubmitProposal': ['proposer'],
  'cosmos.group.v1.MsgSubmitProposal': ['proposers'],
  'cosmos.slashing.v1beta1.MsgUnjail': ['validator_addr'],
  'cosmos.staking.v1beta1.MsgCreateValidator': ['delegator_address', 'validator_address'],
  'cosmos.staking.v1beta1.MsgEditValidator': ['validator_address'],
  'cosmos.staking.v1beta1.MsgDelegate': ['delegator_address'],
  'cosmos.staking.v1beta1.MsgBeginRedelegate': ['delegator_address'],
  'cosmos.staking.v1beta1.MsgUndelegate': ['delegator_address'],
  'cosmos.vesting.v1beta1.MsgCreateVestingAccount': ['from_address'],
  'cosmos.vesting.v1beta1.MsgDonateAllVestingTokens': ['from_address'],
  'cosmwasm.wasm.v1.MsgStoreCode': ['sender'],
  'cosmwasm.wasm.v1.MsgInstantiateContract': ['sender'],
  'cosmwasm.wasm.v1.MsgInstantiateContract2': ['sender'],
  'cosmwasm.wasm.v1.MsgExecuteContract': ['sender'],
  'cosmwasm.wasm.v1.MsgMigrateContract': ['sender'],
  'cosmwasm.wasm.v1.MsgUpdateAdmin': ['sender'],
  'cosmwasm.wasm.v1.MsgClearAdmin': ['sender'],
  'ibc.applications.fee.v1.MsgRegisterPayee': ['relayer'],
  'ibc.applications.fee.v1.MsgRegisterCounterpartyPayee': ['relayer'],
  'ibc.applications.fee.v1.MsgPayPacketFee': ['signer'],
  'ibc.applications.fee.v1.MsgPayPacketFeeAsync': ['packet_fee.refund_address'],
  'ibc.applications.interchain_accounts.controller.v1.MsgRegisterInterchainAccount': ['owner'],
  'ibc.applications.interchain_accounts.controller.v1.MsgSendTx': ['owner'],
  'ibc.applications.transfer.v1.MsgTransfer': ['sender'],
  'ibc.core.channel.v1.MsgChannelOpenInit': ['signer'],
  'ibc.core.channel.v1.MsgChannelOpenTry': ['signer'],
  'ibc.core.channel.v1.MsgChannelOpenAck': ['signer'],
  'ibc.core.channel.v1.MsgChannelOpenConfirm': ['signer'],
  'ibc.core.channel.v1.MsgChannelCloseInit': ['signer'],
  'ibc.core.channel.v1.MsgChannelCloseConfirm': ['signer'],
  'ibc.core.channel.v1.MsgRecvPacket': ['signer'],
  'ibc.core.channel.v1.MsgTimeout': ['signer'],
  'ibc.core.channel.v1.MsgTimeoutOnClose': ['signer'],
  'ibc.core.channel.v1.MsgAcknowledgement': ['signer'],
  'ibc.core.client.v1.MsgCreateClient': ['signer'],
  'ibc.core.client.v1.MsgUpdateClient': ['signer'],
  'ibc.core.client.v1.MsgUpgradeClient': ['signer'],
  'ibc.core.client.v1.MsgSubmitMisbehaviour': ['signer'],
  'ibc.core.connection.v1.MsgConnectionOpenInit': ['signer'],
  'ibc.core.connection.v1.MsgConnectionOpenTry': ['signer'],
  'ibc.core.connection.v1.MsgConnectionOpenAck': ['signer'],
  'ibc.core.connection.v1.MsgConnectionOpenConfirm': ['signer'],
  'juno.feeshare.v1.MsgRegisterFeeShare': ['deployer_address'],
  'juno.feeshare.v1.MsgUpdateFeeShare': ['deployer_address'],
  'juno.feeshare.v1.MsgCancelFeeShare': ['deployer_address'],
  'osmosis.tokenfactory.v1beta1.MsgCreateDenom': ['sender'],
  'osmosis.tokenfactory.v1beta1.MsgMint': ['sender'],
  'osmosis.tokenfactory.v1beta1.MsgBurn': ['sender'],
  'osmosis.tokenfactory.v1beta1.MsgChangeAdmin': ['sender'],
  'osmosis.tokenfactory.v1beta1.MsgSetBeforeSendHook': ['sender'],
  'osmosis.tokenfactory.v1beta1.MsgSetDenomMetadata': ['sender'],
  'osmosis.tokenfactory.v1beta1.MsgForceTransfer': ['sender'],
  'terra.market.v1beta1.MsgSwap': ['trader'],
  'terra.market.v1beta1.MsgSwapSend': ['from_address'],
  'terra.oracle.v1beta1.MsgDelegateFeedConsent': ['operator'],
  'terra.oracle.v1beta1.MsgAggregateExchangeRatePrevote': ['feeder'],
  'terra.oracle.v1beta1.MsgAggregateExchangeRateVote': ['feeder'],
  'terra.wasm.v1beta1.MsgStoreCode': ['sender'],
  'terra.wasm.v1beta1.MsgMigrateCode': ['sender'],
  'terra.wasm.v1beta1.MsgInstantiateContract': ['sender'],
  'terra.wasm.v1beta1.MsgExecuteContract': ['sender'],
  'terra.wasm.v1beta1.MsgMigrateContract': ['admin'],
  'terra.wasm.v1beta1.MsgUpdateContractAdmin': ['admin'],
  'terra.wasm.v1beta1.MsgClearContractAdmin': ['admin'],
};

/** Returns the paths to the signers of a message; undefined if neither its descriptor nor SIGNER_FIELDS names them. */
export function signerPathsOf(plan: MessagePlan, plans: Plans): readonly SignerPath[] | undefined {
  const names = plan.signers.length > 0 ? plan.signers : SIGNER_FIELDS[plan.name];
  const paths = names?.map((name) => signerPath(plan, name.split('.'), plans));
  return paths?.every((path) => path !== undefined) ? paths : undefined;
}

/** Returns the path of a field that is a signer. If the field is a message (`bank.v1beta1.Input`), that message's own
 * `cosmos.msg.v1.signer` names the next field of the path. */
function signerPath(plan: MessagePlan, names: readonly string[], plans: Plans): SignerPath | undefined {
  const field = plan.fields.find(({ name }) => name === names[0]);
  if (field === undefined || field.kind === 'string') return field && [field];
  const inner = field.kind === 'message' ? plans.find(field.typeName) : undefined;
  const rest = names.length > 1 ? names.slice(1) : (inner?.signers ?? []);
  const path = inner === undefined || rest.length === 0 ? undefined : signerPath(inner, rest, plans);
  return path && [field, ...path];
}

/** Returns the account addresses that must sign a message, in order; undefined if one of the texts is no address. */
export function readSigners(
  bytes: Uint8Array,
  paths: readonly SignerPath[],
  prefix: string | undefined,
): readonly string[] | undefined {
  const addresses: string[] = [];
  for (const path of paths)
    for (const text of textsAt(bytes, path, 0)) {
      const address = accountAddress(shownText(decodeUtf8(text)), prefix);
      if (address === undefined) return undefined;
      addresses.push(address);
    }
  return addresses;
}

function textsAt(bytes: Uint8Array, path: SignerPath, depth: number): readonly Uint8Array[] {
  const field = path[depth];
  if (field === undefined) return [bytes];
  const found: Uint8Array[] = [];
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const key = reader.key();
    if (key === field.number * 8 + BYTES) found.push(reader.bytes());
    else reader.skip(key);
  }
  const last = field.repeated ? found : found.slice(-1);
  return last.flatMap((one) => textsAt(one, path, depth + 1));
}

/** Returns the account address for an account's or an operator's address (`terravaloper1…`): the same bytes with the account's prefix.
 * undefined if the text is no address. */
function accountAddress(text: string, prefix: string | undefined): string | undefined {
  try {
    const address = decodeBech32(text);
    return encodeBech32(prefix ?? address.prefix.replace(/valoper$/, ''), address.bytes);
  } catch {
    return undefined;
  }
}
