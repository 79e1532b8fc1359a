const SPACE = /[ \t\n\r]*/y;
const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/** Steps between two chances to let others go ahead. */
const STEPS = 2000;

/**
 * Where a text stops being JSON: the engine does not say it for every mistake. Walks with a stack of its own, so
 * that deep nesting can't overflow, and pauses where it is asked to. Gives the text's length when it ends too early.
 */
export function* walkToJsonError(text: string): Generator<void, number> {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let steps = 0;
  let expect: 'value' | 'key' | 'colon' | 'comma' | 'value-or-close' | 'key-or-close' = 'value';
  const match = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  for (;;) {
    steps += 1;
    if (steps % STEPS === 0) yield;
    at += match(SPACE);
    const c = text[at];
    if (c === undefined) return at;
    if (expect === 'comma') {
      const top = open.at(-1);
      if (!top) return at;
      if (c === ',') expect = top === '{' ? 'key' : 'value';
      else if (c === (top === '{' ? '}' : ']')) open.pop();
      else return at;
      at += 1;
    } else if (expect === 'colon') {
      if (c !== ':') return at;
      at += 1;
      expect = 'value';
    } else if ((expect === 'key-or-close' && c === '}') || (expect === 'value-or-close' && c === ']')) {
      open.pop();
      at += 1;
      expect = 'comma';
    } else if (expect === 'key' || expect === 'key-or-close') {
      const end = c === '"' ? endOfString(text, at) : -1;
      if (end < 0) return at;
      at = end;
      expect = 'colon';
    } else if (c === '{' || c === '[') {
      open.push(c);
      at += 1;
      expect = c === '{' ? 'key-or-close' : 'value-or-close';
    } else {
      const end = c === '"' ? endOfString(text, at) : at + match(WORD);
      if (end <= at) return at;
      at = end;
      expect = 'comma';
    }
  }
}

/** The same without a pause, for a short text. */
export function findJsonError(text: string): number {
  const walk = walkToJsonError(text);
  for (;;) {
    const { done, value } = walk.next();
    if (done) return value;
  }
}

// The engine looks for one of these faster than a loop does.
const STOPS = /["\\\u0000-\u001f]/g;

/** After the closing quote; -1 where the text is no string of JSON. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; ; ) {
    STOPS.lastIndex = at;
    const found = STOPS.exec(text);
    if (!found || (found[0] !== '"' && found[0] !== '\\')) return -1;
    if (found[0] === '"') return found.index + 1;
    ESCAPE.lastIndex = found.index;
    const escaped = ESCAPE.exec(text)?.[0].length ?? 0;
    if (escaped === 0) return -1;
    at = found.index + escaped;
  }
}

/** `line 3, column 7 (position 41)`, counted from 1 but for the position, as editors and parsers do. */
export function describePosition(text: string, position: number): string {
  let line = 1;
  let begin = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < position; end = text.indexOf('\n', begin)) {
    line += 1;
    begin = end + 1;
  }
  return `line ${line}, column ${position - begin + 1} (position ${position})`;
}
