import type { QueryProblem } from './query';

/** A character of a token. Quoted characters have no special meaning. */
export interface Letter {
  char: string;
  quoted: boolean;
  at: number;
}

/** A run of characters without a blank outside of quotes. */
export interface Token {
  at: number;
  length: number;
  letters: Letter[];
}

const isBlank = (char: string): boolean => /\s/.test(char);

/** Splits a query at blanks, and resolves quotes. In quotes `\"` is a quote and `\\` a backslash. Takes linear time. */
export function tokenize(text: string): { tokens: Token[]; problems: QueryProblem[] } {
  const tokens: Token[] = [];
  const problems: QueryProblem[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text.charAt(at))) {
      at += 1;
      continue;
    }
    const start = at;
    const letters: Letter[] = [];
    let opened: number | undefined;
    for (; at < text.length; at += 1) {
      const char = text.charAt(at);
      if (char === '"') {
        // An empty quoted text is a value, so it leaves a mark.
        if (opened !== undefined && opened === at - 1) letters.push({ char: '', quoted: true, at });
        opened = opened === undefined ? at : undefined;
      } else if (opened === undefined) {
        if (isBlank(char)) break;
        letters.push({ char, quoted: false, at });
      } else {
        const escaped = char === '\\' && /["\\]/.test(text.charAt(at + 1));
        letters.push({ char: escaped ? text.charAt(at + 1) : char, quoted: true, at });
        if (escaped) at += 1;
      }
    }
    if (opened !== undefined) {
      problems.push({ at: opened, length: at - opened, message: 'This quote is not closed: add " at its end.' });
    }
    tokens.push({ at: start, length: at - start, letters });
  }
  return { tokens, problems };
}
