/** How a node of some version wrote its blocks. Eras that a name is missing for are refused. */
export type EraName = 'tendermint-0.33' | 'tendermint-0.34';

/** A block exactly as a node's LevelDB holds it. */
export interface RawBlock {
  readonly chainId: string;
  readonly era: EraName;
  readonly height: number;
  /** Value of `H:<height>`: BlockMeta. */
  readonly meta: Uint8Array;
  /** Data of the parts `P:<height>:<i>` in order. */
  readonly parts: readonly Uint8Array[];
  /** Value of `abciResponsesKey:<height>`; undefined: pruned, discarded, no state.db, or block store ahead of it. */
  readonly results: Uint8Array | undefined;
  /** A stored ValidatorsInfo that holds the set which votes on this block (pointers already followed). */
  readonly validators: Uint8Array | undefined;
  /** A stored ConsensusParamsInfo that holds the params in force (pointers already followed). */
  readonly consensusParams: Uint8Array | undefined;
  /** `terra`; undefined when nothing tells it. */
  readonly bech32Prefix: string | undefined;
}
