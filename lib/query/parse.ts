import { STATUS_ALIASES } from '@/lib/contracts/status';
import { FIELD_NAMES, FIELDS, fieldsOf, hasPath, type NamedField, STATES, STATUSES } from './fields';
import { isAge, parseDuration, resolveMoment } from './measures';
import { nearest } from './nearest';
import {
  literalOf,
  MAX_QUERY,
  MAX_STEPS,
  MAX_TERMS,
  MAX_VALUES,
  MAX_WILDCARDS,
  type Pattern,
  type PlacedTerm,
  type QueryKind,
  type QueryProblem,
  type Range,
  type Term,
} from './query';
import { type Letter, type Token, tokenize } from './tokenize';

export interface ParsedQuery {
  terms: PlacedTerm[];
  /** empty: the query was understood */
  problems: QueryProblem[];
}

/** Why a term cannot be understood; the place is that of these letters. */
class Fault extends Error {
  constructor(
    message: string,
    readonly letters: readonly Letter[],
  ) {
    super(message);
  }
}

/**
 * Parses a query. Every term that cannot be understood is a problem with its place; nothing is dropped silently.
 * @param now the time that `today` and ages refer to, in milliseconds since 1970
 */
export function parseQuery(text: string, kind: QueryKind, now = Date.now()): ParsedQuery {
  if (text.length > MAX_QUERY) {
    const message = `A query has at most ${MAX_QUERY.toLocaleString('en')} characters.`;
    return { terms: [], problems: [{ at: MAX_QUERY, length: text.length - MAX_QUERY, message }] };
  }
  const nul = text.indexOf('\u0000');
  if (nul >= 0) return { terms: [], problems: [{ at: nul, length: 1, message: 'A query has no NUL characters.' }] };
  const { tokens, problems } = tokenize(text);
  const unclosed = new Set(problems.map(({ at }) => tokens.find((t) => at >= t.at && at < t.at + t.length)));
  const terms: PlacedTerm[] = [];
  for (const token of tokens) {
    if (unclosed.has(token)) continue;
    if (terms.length === MAX_TERMS) {
      problems.push({ at: token.at, length: token.length, message: `A query has at most ${MAX_TERMS} terms.` });
      break;
    }
    try {
      terms.push({ term: parseTerm(token, kind, now), at: token.at, length: token.length });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems.push(placed(error, token));
    }
  }
  return { terms, problems: problems.sort((a, b) => a.at - b.at) };
}

function placed({ message, letters }: Fault, token: Token): QueryProblem {
  const [first] = letters;
  const last = letters.at(-1);
  if (!first || !last) return { at: token.at, length: token.length, message };
  return { at: first.at, length: last.at + 1 - first.at, message };
}

const textOf = (letters: readonly Letter[]): string => letters.map(({ char }) => char).join('');
const isSign = (letter: Letter | undefined, char: string): boolean => letter?.char === char && !letter.quoted;

function parseTerm({ letters }: Token, kind: QueryKind, now: number): Term {
  const not = isSign(letters[0], '-');
  const rest = not ? letters.slice(1) : letters;
  const colon = rest.findIndex((letter) => isSign(letter, ':'));
  if (colon < 0) return parseWords(rest, not, letters);
  const { field, path } = parseField(rest.slice(0, colon), kind, rest);
  const value = rest.slice(colon + 1);
  if (value.length === 0) throw new Fault(`${field} needs a value, such as ${FIELDS[field].example}.`, rest);
  switch (field) {
    case 'data':
    case 'result':
      return { field, path, not, test: parseValueTest(value) };
    case 'error':
    case 'reason':
    case 'name':
      return { field, not, pattern: parsePattern(value) };
    case 'created':
    case 'finished':
      return { field, not, test: parseMoments(value, field, now) };
    case 'took':
      return { field, not, test: { range: parseTook(value) } };
    case 'attempts':
    case 'item':
      return { field, not, test: parseNumbers(value, field) };
    default:
      return { field, not, any: parseChoices(value, field, kind) };
  }
}

function parseWords(letters: readonly Letter[], not: boolean, whole: readonly Letter[]): Term {
  const pattern = parsePattern(letters);
  if (pattern.every((part) => part.trim() === '')) {
    throw new Fault(not ? 'Write what must not be there behind the -.' : 'Write a word to search for.', whole);
  }
  return { field: 'text', not, pattern };
}

function parseField(letters: readonly Letter[], kind: QueryKind, rest: readonly Letter[]) {
  const steps = split(letters, (at) => isSign(letters[at], '.'));
  const [head = [], ...path] = steps;
  const name = textOf(head);
  const known = FIELD_NAMES.find((each) => each === name.toLowerCase());
  if (known === undefined || head.some(({ quoted }) => quoted)) throw unknownField(name, letters, kind);
  if (!FIELDS[known].of.includes(kind)) {
    throw new Fault(`${known} is a field of ${FIELDS[known].of.join(' and ')}, not of ${kind}.`, letters);
  }
  if (!hasPath(known) && path.length > 0) throw new Fault(`${known} has no parts: write ${known}:…`, letters);
  if (hasPath(known) && (path.length === 0 || path.some((step) => step.length === 0))) {
    throw new Fault(
      `Name a place in the ${known === 'data' ? 'input' : 'result'}, such as ${FIELDS[known].example}.`,
      rest,
    );
  }
  if (path.length > MAX_STEPS) throw new Fault(`A path has at most ${MAX_STEPS} steps.`, letters);
  return { field: known, path: path.map(textOf) };
}

function unknownField(name: string, letters: readonly Letter[], kind: QueryKind): Fault {
  const like = nearest(name, fieldsOf(kind));
  const shown = name.length > 30 ? `${name.slice(0, 29)}…` : name;
  const advice = like ? `Did you mean ${like}?` : `The fields are ${fieldsOf(kind).join(', ')}.`;
  return new Fault(
    `There is no field ${shown || 'without a name'}. ${advice} To search for the text, quote it.`,
    letters,
  );
}

/** Splits letters where `isEnd` says, dropping the separators. */
function split(letters: readonly Letter[], isEnd: (at: number) => boolean): Letter[][] {
  const parts: Letter[][] = [[]];
  letters.forEach((letter, at) => {
    if (isEnd(at)) parts.push([]);
    else parts.at(-1)?.push(letter);
  });
  return parts;
}

function parsePattern(letters: readonly Letter[]): Pattern {
  const parts = split(letters, (at) => isSign(letters[at], '*')).map(textOf);
  if (parts.length > MAX_WILDCARDS + 1) throw new Fault(`A value has at most ${MAX_WILDCARDS} wildcards.`, letters);
  return parts;
}

function parseChoices(value: readonly Letter[], field: NamedField, kind: QueryKind): Pattern[] {
  const items = split(value, (at) => isSign(value[at], ','));
  if (items.length > MAX_VALUES) throw new Fault(`A term has at most ${MAX_VALUES} values.`, value);
  return items.map((letters) => {
    if (letters.length === 0) throw new Fault('A value is missing beside the comma.', value);
    const pattern = parsePattern(letters);
    if (field === 'status')
      return [oneOf(letters, pattern, STATUSES[kind], kind === 'jobs' ? STATUS_ALIASES : {}, field)];
    if (field === 'is') return [oneOf(letters, pattern, STATES[kind], {}, field)];
    if (field === 'id' && literalOf(pattern) === undefined) throw new Fault('An id is written in full.', letters);
    return pattern;
  });
}

function oneOf(
  letters: readonly Letter[],
  pattern: Pattern,
  known: readonly string[],
  aliases: Readonly<Record<string, string>>,
  field: string,
): string {
  const word = (literalOf(pattern) ?? '').toLowerCase();
  if (known.includes(word)) return word;
  if (Object.hasOwn(aliases, word) && aliases[word] !== undefined) return aliases[word];
  const like = nearest(word, known);
  const advice = like ? `Did you mean ${like}?` : `It is one of ${known.join(', ')}.`;
  const shown = textOf(letters).slice(0, 30);
  throw new Fault(`There is no ${field === 'is' ? 'state' : 'status'} ${shown}. ${advice}`, letters);
}

/** The letters of both ends of a range, or of one. */
interface Ends {
  from?: { letters: Letter[]; inclusive: boolean };
  to?: { letters: Letter[]; inclusive: boolean };
}

/** Reads `>a`, `>=a`, `<a`, `<=a`, `a..b`, `a..` and `..b`; undefined: it is no range. */
function readRange(value: readonly Letter[]): Ends | undefined {
  const isMore = isSign(value[0], '>');
  if (isMore || isSign(value[0], '<')) {
    const inclusive = isSign(value[1], '=');
    const letters = value.slice(inclusive ? 2 : 1);
    if (letters.length === 0) throw new Fault('A value is missing behind the sign.', value);
    return isMore ? { from: { letters, inclusive } } : { to: { letters, inclusive } };
  }
  const dots = value.findIndex((letter, at) => isSign(letter, '.') && isSign(value[at + 1], '.'));
  if (dots < 0) return undefined;
  const [from, to] = [value.slice(0, dots), value.slice(dots + 2)];
  if (from.length === 0 && to.length === 0) throw new Fault('A range needs at least one end: a..b.', value);
  return {
    ...(from.length > 0 ? { from: { letters: from, inclusive: true } } : {}),
    ...(to.length > 0 ? { to: { letters: to, inclusive: true } } : {}),
  };
}

/** Converts the ends of a range, after `check` accepted each of them. */
function toRange(ends: Ends, check: (text: string, letters: Letter[]) => void): Range {
  const range: Range = {};
  for (const side of ['from', 'to'] as const) {
    const end = ends[side];
    if (!end) continue;
    const text = textOf(end.letters);
    check(text, end.letters);
    range[side] = { text, inclusive: end.inclusive };
  }
  return range;
}

const MAX_BOUND = 200;

function parseValueTest(value: readonly Letter[]): { pattern: Pattern } | { range: Range } {
  const ends = readRange(value);
  if (!ends) return { pattern: parsePattern(value) };
  const range = toRange(ends, (text, letters) => {
    if (text.length > MAX_BOUND) throw new Fault(`An end of a range has at most ${MAX_BOUND} characters.`, letters);
    if (letters.some((letter) => isSign(letter, '*'))) throw new Fault('A range has no wildcards.', letters);
  });
  return { range };
}

const MOMENT_ADVICE = 'Write a day (2026-05-01), a time (2026-05-01T12:00Z), today, or an age such as 2h or 3d.';

function parseMoments(value: readonly Letter[], field: string, now: number): { at: string } | { range: Range } {
  const ends = readRange(value);
  const check = (text: string, letters: readonly Letter[]): void => {
    if (!resolveMoment(text, now)) throw new Fault(`This is no time. ${MOMENT_ADVICE}`, letters);
  };
  if (ends) {
    const range = toRange(ends, check);
    requireOrder(range, (text) => resolveMoment(text, now)?.start ?? 0, value);
    return { range };
  }
  const at = textOf(value);
  if (isAge(at)) {
    throw new Fault(`Write ${field}:>${at} for newer than that, or ${field}:<${at} for older.`, value);
  }
  check(at, value);
  return { at };
}

function parseTook(value: readonly Letter[]): Range {
  const ends = readRange(value);
  if (!ends) throw new Fault('A duration needs > or <, such as took:>30s, or a range: took:10s..1m.', value);
  const range = toRange(ends, (text, letters) => {
    if (parseDuration(text) === undefined) {
      throw new Fault('This is no duration. Write a number with ms, s, m, h or d, such as 30s or 1h30m.', letters);
    }
  });
  requireOrder(range, (text) => parseDuration(text) ?? 0, value);
  return range;
}

const NUMBERS = {
  attempts: { form: /^\d{1,6}$/, problem: 'This is no number of attempts, such as 2.' },
  item: { form: /^\d{1,9}$/, problem: 'This is no number of an item, such as 12.' },
};

function parseNumbers(value: readonly Letter[], field: keyof typeof NUMBERS): { at: string } | { range: Range } {
  const { form, problem } = NUMBERS[field];
  const ends = readRange(value);
  const check = (text: string, letters: readonly Letter[]): void => {
    if (!form.test(text)) throw new Fault(problem, letters);
  };
  if (!ends) {
    check(textOf(value), value);
    return { at: String(Number(textOf(value))) };
  }
  const range = toRange(ends, check);
  requireOrder(range, Number, value);
  return { range };
}

function requireOrder({ from, to }: Range, measure: (text: string) => number, value: readonly Letter[]): void {
  if (!from || !to || measure(from.text) <= measure(to.text)) return;
  throw new Fault(`The range ends before it begins: write ${to.text}..${from.text}.`, value);
}
