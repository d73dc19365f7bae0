/** Decodes what differs from last time; what is the same is answered with the same object. */
export function rememberLast<Raw, Value>(
  decode: (raw: Raw) => Value,
  isSame: (left: Raw, right: Raw) => boolean = Object.is,
): (raw: Raw) => Value {
  let last: { readonly raw: Raw; readonly value: Value } | undefined;
  return (raw) => {
    if (last === undefined || !isSame(last.raw, raw)) last = { raw, value: decode(raw) };
    return last.value;
  };
}
