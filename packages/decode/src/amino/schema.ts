/** Names how a field's value is written in amino and what its JSON looks like. `scalars.ts` has a reader for each. */
export type ScalarKind =
  | 'text'
  | 'int64'
  | 'uint64'
  /** A field with an unsigned integer of at most 32 bits, which amino's JSON prints without quotes. */
  | 'number'
  | 'bool'
  | 'vote-option'
  | 'proposal-status'
  | 'proposal-kind'
  | 'base64'
  | 'hex'
  | 'integer'
  | 'decimal'
  | 'account'
  | 'operator'
  | 'consensus'
  | 'consensus-key'
  | 'time';

/** The Go interface of a field that holds one of several registered types. A type of another group is an error, as it is for the node. */
export type Group =
  | 'message'
  | 'content'
  | 'authorization'
  | 'evidence'
  | 'key'
  | 'account'
  | 'supply'
  | 'plan';

export type Kind =
  | ScalarKind
  | { readonly fields: readonly Field[] }
  /** A repeated field. `absent` is its JSON if it has no elements: `[]` for Coins, `null` for all others. */
  | { readonly each: Kind; readonly absent: 'null' | '[]' }
  | { readonly implements: Group }
  /** A byte array of this fixed size. Only the body of a registered type can be one. */
  | { readonly bytes: number };

/** A field of a struct. Its field number is its position in the struct's list, counted from 1. */
export interface Field {
  /** Key of the field in JSON. */
  readonly name: string;
  readonly kind: Kind;
  /** True if the field is the address of a signer of the message. */
  readonly signs?: true;
  /** True if the field is a Go pointer: the JSON of an absent field is `null` and not the zero value. */
  readonly pointer?: true;
  /** True if the field is left out of the JSON when its value is zero (Go's `omitempty`). */
  readonly omitEmpty?: true;
}

/** A concrete type that a chain's software registered with amino under a name. */
export interface Registration {
  readonly name: string;
  readonly group: Group;
  readonly body: Kind;
  /** For a message: the short name of the protobuf type that replaced it. If it is missing, the name `module/Msg` becomes `module.Msg`. */
  readonly successor?: string;
}

export const field = (name: string, kind: Kind): Field => ({ name, kind });
export const signer = (name: string, kind: Kind): Field => ({ name, kind, signs: true });
export const pointer = (name: string, kind: Kind): Field => ({ name, kind, pointer: true });
export const omitEmpty = (name: string, kind: Kind): Field => ({ name, kind, omitEmpty: true });
export const struct = (...fields: readonly Field[]): Kind => ({ fields });
export const list = (each: Kind): Kind => ({ each, absent: 'null' });
export const any = (group: Group): Kind => ({ implements: group });

/** The struct Coin of the SDK: a denom and an amount. */
export const coin = struct(field('denom', 'text'), field('amount', 'integer'));
export const coins: Kind = { each: coin, absent: '[]' };
