import { createScanner } from 'jsonc-parser';

/** The position of the first syntax error in a JSON text, and what is expected there. */
export interface JsonMistake {
  /** offset of the first invalid character; the length of the text if it ends too early */
  at: number;
  /** the expected token, or the error of the token at this position */
  expected: 'a value' | 'a name in quotes' | 'a colon' | ', or }' | ', or ]' | 'the end';
  wrong?: 'text' | 'trailing comma' | 'depth';
}

/** Number of tokens between two yields. */
const STEPS = 2000;

/** What the parser accepts next. */
type State = 'value' | 'first element' | 'name' | 'first name' | 'colon' | 'separator';

const BLANK = new Set([' ', '\t', '\n', '\r']);
/** Tokens that are complete values. The scanner also accepts comments and words that JSON does not allow. */
const SCALAR = /^(?:"|-?\d|true$|false$|null$)/;
/** `ScanError.None` of the scanner. Its const enums do not exist at run time. */
const NO_ERROR = 0;

/**
 * Returns the first syntax error of a JSON text; undefined when there is none. Errors of JSON.parse do not always
 * contain a position. The stack is an array, so deep nesting cannot overflow. The caller may pause at each yield.
 */
export function* walkToJsonMistake(text: string, maxDepth = Infinity): Generator<void, JsonMistake | undefined> {
  const scanner = createScanner(text);
  const open: ('}' | ']')[] = [];
  let state: State = 'value';
  for (let steps = 1; ; steps += 1) {
    if (steps % STEPS === 0) yield;
    scanner.scan();
    const at = scanner.getTokenOffset();
    const first = text[at];
    if (first !== undefined && BLANK.has(first)) continue;
    const close = open.at(-1);
    if (first === undefined) return state === 'separator' && !close ? undefined : mistakeAt(at, state, close);
    if (Number(scanner.getTokenError()) !== NO_ERROR) {
      return mistakeAt(at, state, close, first === '"' ? 'text' : undefined);
    }
    const isClose = first === close;
    const wantsValue = state === 'value' || state === 'first element';
    if (state === 'separator' && first === ',' && close) state = close === '}' ? 'name' : 'value';
    else if (isClose && (state === 'separator' || state === 'first element' || state === 'first name')) {
      open.pop();
      state = 'separator';
    } else if (isClose && (state === 'name' || (state === 'value' && close === ']'))) {
      return mistakeAt(at, state, close, 'trailing comma');
    } else if (state === 'colon' && first === ':') state = 'value';
    else if ((state === 'name' || state === 'first name') && first === '"') state = 'colon';
    else if (wantsValue && (first === '{' || first === '[')) {
      if (open.length > maxDepth) return mistakeAt(at, state, close, 'depth');
      open.push(first === '{' ? '}' : ']');
      state = first === '{' ? 'first name' : 'first element';
    } else if (wantsValue && SCALAR.test(first === '"' ? first : scanner.getTokenValue())) state = 'separator';
    else return mistakeAt(at, state, close);
  }
}

function mistakeAt(at: number, state: State, close: '}' | ']' | undefined, wrong?: JsonMistake['wrong']): JsonMistake {
  return { at, expected: expectedIn(state, close), ...(wrong && { wrong }) };
}

function expectedIn(state: State, close: '}' | ']' | undefined): JsonMistake['expected'] {
  if (state === 'colon') return 'a colon';
  if (state === 'separator') return close ? `, or ${close}` : 'the end';
  return state === 'name' || state === 'first name' ? 'a name in quotes' : 'a value';
}

/** Returns the first syntax error of a short text. It does not pause. */
export function findJsonMistake(text: string, maxDepth?: number): JsonMistake | undefined {
  const walk = walkToJsonMistake(text, maxDepth);
  for (;;) {
    const { done, value } = walk.next();
    if (done) return value;
  }
}

/** Returns the line and the column of an offset, both from 1. */
export function lineOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let begin = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', begin)) {
    line += 1;
    begin = end + 1;
  }
  return { line, column: offset - begin + 1 };
}

/** Returns `line 3, column 7 (position 41)`: line and column from 1 as in editors, position from 0 as in parsers. */
export function describePosition(text: string, position: number): string {
  const { line, column } = lineOf(text, position);
  return `line ${line}, column ${column} (position ${position})`;
}
