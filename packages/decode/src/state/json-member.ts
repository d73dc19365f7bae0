/** Returns the value of a member in the text of a JSON object. It is the exact text, so that numbers and repeated keys in it stay as they
 * are.
 *
 * @param json  valid JSON of an object, without white space between tokens
 * @returns undefined if the object has no such member */
export function readJsonMember(json: string, name: string): string | undefined {
  const wanted = JSON.stringify(name);
  for (let pos = 1; pos < json.length - 1; ) {
    const keyEnd = endOfValue(json, pos);
    const valueEnd = endOfValue(json, keyEnd + 1);
    if (json.slice(pos, keyEnd) === wanted) return json.slice(keyEnd + 1, valueEnd);
    pos = valueEnd + 1;
  }
  return undefined;
}

/** Returns the position after the value that begins at `start`. It skips strings and counts brackets. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  for (let pos = start; pos < json.length; pos++) {
    const character = json[pos]!;
    if (character === '"') pos = endOfString(json, pos) - 1;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      if (depth === 0) return pos;
      depth--;
    } else if (depth === 0 && (character === ',' || character === ':')) return pos;
  }
  return json.length;
}

function endOfString(json: string, start: number): number {
  let pos = start + 1;
  while (json[pos] !== '"') pos += json[pos] === '\\' ? 2 : 1;
  return pos + 1;
}
