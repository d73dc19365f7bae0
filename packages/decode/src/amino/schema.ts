/** How a field's value is written in amino and what its JSON looks like. `scalars.ts` reads them. */
export type ScalarKind =
  | 'text'
  | 'int64'
  | 'uint64'
  /** An unsigned number of at most 32 bits, printed without quotes. */
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

/** Kind of type that an interface field may hold: a concrete type of another group is refused, as the node refuses it. */
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
  /** A repeated field. Without elements it is `absent` in JSON: `null`, but `[]` for Coins. */
  | { readonly each: Kind; readonly absent: 'null' | '[]' }
  | { readonly implements: Group }
  /** A registered byte array of a fixed size, only as the body of a registered type. */
  | { readonly bytes: number };

/** A field of a struct. Its number is its position in the list, from 1. */
export interface Field {
  /** Key of the field in JSON. */
  readonly name: string;
  readonly kind: Kind;
  /** True for a field whose address signs the message. */
  readonly signs?: true;
  /** A Go pointer: absent is `null`, not zero. */
  readonly pointer?: true;
  /** Left out of JSON when zero (Go's `omitempty`). */
  readonly omitEmpty?: true;
}

/** A concrete type that amino knows by name. */
export interface Registration {
  readonly name: string;
  readonly group: Group;
  readonly body: Kind;
  /** Messages: the name of the protobuf successor; without it `module/Msg` becomes `module.Msg`. */
  readonly successor?: string;
}

export const field = (name: string, kind: Kind): Field => ({ name, kind });
export const signer = (name: string, kind: Kind): Field => ({ name, kind, signs: true });
export const pointer = (name: string, kind: Kind): Field => ({ name, kind, pointer: true });
export const omitEmpty = (name: string, kind: Kind): Field => ({ name, kind, omitEmpty: true });
export const struct = (...fields: readonly Field[]): Kind => ({ fields });
export const list = (each: Kind): Kind => ({ each, absent: 'null' });
export const any = (group: Group): Kind => ({ implements: group });

export const coin = struct(field('denom', 'text'), field('amount', 'integer'));
export const coins: Kind = { each: coin, absent: '[]' };
