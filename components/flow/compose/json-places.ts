import { type Node, parseTree } from 'jsonc-parser';
import { parseJson } from '@/lib/contracts/json';
import { findJsonMistake, type JsonMistake } from '@/lib/contracts/json-position';

/** The range of a value in the text: offsets of its first character and of the one after its last. */
export interface Place {
  from: number;
  to: number;
}

export type Path = readonly (string | number)[];

export type ParsedJson =
  | { ok: true; value: unknown; placeOf: (path: Path) => Place }
  | { ok: false; message: string; place: Place };

/** The maximum JSON depth, above the depth of any valid flow. Each level of a tree takes two levels of JSON. */
const MAX_DEPTH = 500;

/** Parses JSON and keeps the position of each value, so that errors can be shown where they are. */
export function parseWithPlaces(text: string): ParsedJson {
  const refuse = (message: string, from: number): ParsedJson => ({
    ok: false,
    message,
    place: { from, to: Math.min(text.length, from + 1) },
  });
  const mistake = findJsonMistake(text, MAX_DEPTH);
  if (mistake) return refuse(explain(text, mistake), mistake.at);
  const root = parseTree(text);
  if (!root) return refuse('The text ends too early', text.length);
  const twice = duplicateIn(root);
  if (twice) return refuse(`"${String(twice.value)}" is here twice`, twice.offset);
  return { ok: true, value: parseJson(text), placeOf: (path) => placeIn(root, path) };
}

function explain(text: string, { at, expected, wrong }: JsonMistake): string {
  if (wrong === 'depth') return 'Nested too deeply';
  if (wrong === 'text') return 'This text is not closed or not allowed in JSON';
  if (wrong === 'trailing comma') return `A comma before ${text[at]} is not allowed in JSON`;
  if (expected === 'the end') return 'There is more after the end';
  if (at < text.length) return `Expected ${expected}`;
  return expected === 'a value' ? 'The text ends too early' : `The text ends before ${expected}`;
}

/** Returns the first property whose name occurs twice in its object. */
function duplicateIn(node: Node): Node | undefined {
  const names = new Set<unknown>();
  for (const child of node.children ?? []) {
    const [key] = child.children ?? [];
    if (node.type === 'object' && key) {
      if (names.has(key.value)) return key;
      names.add(key.value);
    }
    const inside = duplicateIn(child);
    if (inside) return inside;
  }
  return undefined;
}

/** Returns the position of a value. For a missing value, returns the first character of its nearest parent. */
function placeIn(root: Node, path: Path): Place {
  let holder = root;
  for (const part of path) {
    const inner = memberOf(holder, part);
    if (!inner) return { from: holder.offset, to: holder.offset + 1 };
    holder = inner;
  }
  return { from: holder.offset, to: holder.offset + holder.length };
}

function memberOf({ type, children = [] }: Node, part: string | number): Node | undefined {
  if (type === 'array') return children[Number(part)];
  return children.find((property) => property.children?.[0]?.value === String(part))?.children?.[1];
}
