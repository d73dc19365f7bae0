/** Wraps a decoder so that it caches its last result: if the raw value is the same as last time, it returns the same object again. */
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
