import { parseJson, stringifyJson } from '@/lib/contracts/json';
/** Where something stands in the text: offsets of its first and behind its last character. */
export interface Place {
  from: number;
  to: number;
}

export type Path = readonly (string | number)[];

export type ParsedJson =
  | { ok: true; value: unknown; placeOf: (path: Path) => Place }
  | { ok: false; message: string; place: Place };

/** Deeper than any flow can be: each level of a tree takes two. */
const MAX_DEPTH = 500;
const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** A value with its place, and the places of what is in it. */
interface Marked extends Place {
  value: unknown;
  inside: (part: string | number) => Marked | undefined;
}

class Mistake extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** Reads JSON and remembers where each value stands, so that a mistake can be shown where it was made. */
export function parseWithPlaces(text: string): ParsedJson {
  let at = 0;
  const eat = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const next = (): string => {
    eat(SPACE);
    return text[at] ?? '';
  };
  const expect = (sign: string, what: string): void => {
    if (next() !== sign) throw new Mistake(at >= text.length ? `The text ends before ${what}` : `Expected ${what}`, at);
    at += 1;
  };
  const word = (what: string): string => {
    const start = at;
    const found = eat(STRING);
    if (found === null)
      throw new Mistake(
        text[at] === '"' ? 'This text is not closed or not allowed in JSON' : `Expected ${what}`,
        start,
      );
    return parseJson(found) as string;
  };
  const members = (close: string, read: () => unknown): void => {
    at += 1;
    if (next() !== close) {
      for (;;) {
        read();
        if (next() !== ',') break;
        at += 1;
        if (next() === close) throw new Mistake(`A comma before ${close} is not allowed in JSON`, at);
      }
    }
    expect(close, `, or ${close}`);
  };
  const value = (depth: number): Marked => {
    if (depth > MAX_DEPTH) throw new Mistake('Nested too deeply', at);
    const sign = next();
    const from = at;
    if (sign === '{') {
      const object: Record<string, unknown> = {};
      const inside = new Map<string, Marked>();
      members('}', () => {
        next();
        const start = at;
        const key = word('a name in quotes');
        if (inside.has(key)) throw new Mistake(`"${key}" is here twice`, start);
        expect(':', 'a colon');
        const member = value(depth + 1);
        inside.set(key, member);
        // Not assigned: __proto__ is a name like any other.
        Object.defineProperty(object, key, {
          value: member.value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      });
      return { value: object, from, to: at, inside: (part) => inside.get(String(part)) };
    }
    if (sign === '[') {
      const list: Marked[] = [];
      members(']', () => list.push(value(depth + 1)));
      return { value: list.map((item) => item.value), from, to: at, inside: (part) => list[Number(part)] };
    }
    const found = sign === '"' ? stringifyJson(word('a text')) : (eat(NUMBER) ?? eat(WORD));
    if (found === null) throw new Mistake(sign === '' ? 'The text ends too early' : 'Expected a value', at);
    return { value: parseJson(found), from, to: at, inside: () => undefined };
  };
  try {
    const root = value(0);
    if (next() !== '') throw new Mistake('There is more after the end', at);
    return { ok: true, value: root.value, placeOf: (path) => placeIn(root, path) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { ok: false, message: error.message, place: { from: error.at, to: Math.min(text.length, error.at + 1) } };
  }
}

/** The place of a value; of one that is missing, the first character of what should hold it. */
function placeIn(root: Marked, path: Path): Place {
  let held = root;
  for (const part of path) {
    const inner = held.inside(part);
    if (!inner) return { from: held.from, to: held.from + 1 };
    held = inner;
  }
  return { from: held.from, to: held.to };
}

/** Line and column of an offset, both from 1. */
export function lineOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
