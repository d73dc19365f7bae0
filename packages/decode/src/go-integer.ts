/** Go's integer literals, which big.Int.UnmarshalText takes (base 0): `0x1f`, `0b1`, `0o17`, `017`, `1_000`, `+1`. So sdk.Int and sdk.Dec
 * are read from Amino's text and from protobuf's bytes alike (cosmos-sdk types/int.go and types/decimal.go, 0.34 to 0.50). */
const LITERAL =
  /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;
const DECIMAL = /^(?:\+|(-))?(0|[1-9][0-9]*)$/;
/** Longest literal that is converted when it is not plainly decimal, in characters: converting millions of digits would take too long. */
const LONGEST_LITERAL = 400;

/** Returns the decimal digits of a Go integer literal, after a `-` if it is negative; undefined if the text is no literal. */
export function goInteger(text: string): string | undefined {
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return decimal[2] === '0' ? '0' : `${decimal[1] ?? ''}${decimal[2]}`;
  const match = text.length > LONGEST_LITERAL ? null : LITERAL.exec(text);
  if (match === null) return undefined;
  const digits = match[2]!.replaceAll('_', '');
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  return String(match[1] === '-' ? -value : value);
}
