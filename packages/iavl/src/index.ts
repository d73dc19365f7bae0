export { appHashOf, type CommitFormatName, type CommitInfo, type StoreCommit } from './commit-info.ts';
export { Multistore, openMultistore, type StoreAtVersion, type StoreKind } from './multistore.ts';
export { decodeNode, encodeNode, hashNode, type IavlNode, type InnerNode, type LeafNode } from './node.ts';
export { decodeProof, type ExistenceProof, encodeProof, rootOfProof } from './proof.ts';
export { compareKeys, type KeyRange, type OrderedReader } from './reader.ts';
export { IavlTree, type RecomputedRoot } from './tree.ts';
export type { ReadAheadLimits } from './walk.ts';
