/** Where `${{ … }}` stands in a text: one expression and nothing else, or texts and expressions in turn. */
export type Part = { text: string } | { expression: string };

const OPEN = '${{';
const CLOSE = '}}';

/** A text with expressions in `${{ }}`, in its parts; undefined where there is none. */
export function partsOf(text: string): Part[] | undefined {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf(OPEN, at);
    const close = open < 0 ? -1 : text.indexOf(CLOSE, open + OPEN.length);
    if (close < 0) break;
    if (open > at) parts.push({ text: text.slice(at, open) });
    parts.push({ expression: text.slice(open + OPEN.length, close).trim() });
    at = close + CLOSE.length;
  }
  if (parts.length === 0) return undefined;
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

type Path = readonly (string | number)[];

/** Every expression inside of a JSON value, with the path to the text that holds it. */
export function expressionsIn(value: unknown, path: Path = []): { path: Path; expression: string }[] {
  if (typeof value === 'string') {
    return (partsOf(value) ?? []).flatMap((p) => ('expression' in p ? [{ path, expression: p.expression }] : []));
  }
  if (Array.isArray(value)) return value.flatMap((inner, i) => expressionsIn(inner, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => expressionsIn(inner, [...path, name]));
}

/** The paths to texts in which an expression is begun and never ended. */
export function unclosedIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return isUnclosed(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return inner.flatMap(([name, one]) => unclosedIn(one, [...path, name]));
}

/** Behind the last expression that is closed. */
function isUnclosed(text: string): boolean {
  const last = partsOf(text)?.at(-1) ?? { text };
  return 'text' in last && last.text.includes(OPEN);
}
