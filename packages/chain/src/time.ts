/** A Go `time.Time` in UTC: whole seconds since 1970 (negative before) and 0..999,999,999 nanoseconds. */
export interface GoTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** Seconds of Go's zero time, 0001-01-01T00:00:00Z. Rows show it as NULL. */
export const GO_ZERO_SECONDS = -62_135_596_800;

export const isGoZeroTime = (time: GoTime): boolean => time.seconds === GO_ZERO_SECONDS && time.nanos === 0;
