const SPACE = /[ \t\n\r]*/y;
const SCALAR =
  /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/**
 * Where a text stops being JSON: the engine does not say it for every mistake. Walks with a stack of its own, so
 * that deep nesting can't overflow. Gives the text's length when the text ends too early.
 */
export function findJsonError(text: string): number {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let expect: 'value' | 'key' | 'colon' | 'comma' | 'value-or-close' | 'key-or-close' = 'value';
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += match(SPACE)?.length ?? 0;
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
      const key = c === '"' ? match(SCALAR) : undefined;
      if (key === undefined) return at;
      at += key.length;
      expect = 'colon';
    } else if (c === '{' || c === '[') {
      open.push(c);
      at += 1;
      expect = c === '{' ? 'key-or-close' : 'value-or-close';
    } else {
      const scalar = match(SCALAR);
      if (scalar === undefined) return at;
      at += scalar.length;
      expect = 'comma';
    }
  }
}

/** `line 3, column 7 (position 41)`, counted from 1 but for the position, as editors and parsers do. */
export function describePosition(text: string, position: number): string {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return `line ${line}, column ${position - (before.lastIndexOf('\n') + 1) + 1} (position ${position})`;
}
