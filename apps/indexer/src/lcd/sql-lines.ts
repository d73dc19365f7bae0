/** SQL laid out for reading: a line for each clause, none longer than a terminal. */

const LONGEST = 110;
const CLAUSE = /^(?:from|where|(?:left |cross )?join|order by|limit|union all)$/i;

/** @returns lines of at most 110 characters, unless one word is longer; only the white space between words is changed */
export function sqlLines(sql: string): string[] {
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  for (const word of wordsOf(sql)) {
    const startsClause = depth === 0 && CLAUSE.test(word);
    if (line !== '' && (startsClause || line.length + 1 + word.length > LONGEST)) {
      lines.push(line);
      line = startsClause ? word : `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
    depth += depthOf(word);
  }
  return [...lines, line];
}

/** Words as white space parts them outside of quotes; a clause's two words are one. */
const wordsOf = (sql: string): string[] =>
  sql.match(/(?:left join|cross join|order by|union all)\b|(?:'(?:[^']|'')*'|[^\s'])+/gi) ?? [];

function depthOf(word: string): number {
  const bare = word.replace(/'(?:[^']|'')*'/g, '');
  return bare.split('(').length - bare.split(')').length;
}
