/** Inclusive range of heights; `from <= to`. A single block is `{from: h, to: h}`. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
}
