import { isObject } from './json';

/** One step of a path: a field name, a list index (a negative one counts from the end), or `*` for every element. */
export type PathStep = string | number | '*';
export type JsonPath = readonly { step: PathStep; all?: boolean }[];

const STEP = /\.([\p{L}_$][\p{L}\p{N}_$-]*)|\[(-?\d{1,9})\]|\[\*\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/uy;

/** Parses a path such as `$.a.b[0]`, `$['x y'][-1]` or `$.items[*].id`. Returns undefined for invalid syntax. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined;
  const path: { step: PathStep; all?: boolean }[] = [];
  for (let at = 1; at < text.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (!match) return undefined;
    const quoted = match[3] ?? match[4];
    if (match[1] !== undefined) path.push({ step: match[1] });
    else if (match[2] !== undefined) path.push({ step: Number(match[2]) });
    else if (quoted !== undefined) path.push({ step: quoted.replaceAll(/\\(.)/g, '$1') });
    else path.push({ step: '*', all: true });
  }
  return path;
}

/** Returns the value at a path, or a list if the path contains `*`; null when there is no value. */
export function readJsonPath(value: unknown, path: JsonPath): unknown {
  const [first, ...rest] = path;
  if (!first) return value ?? null;
  if (first.all) {
    if (!isObject(value)) return [];
    const found = Object.values(value).map((inner) => readJsonPath(inner, rest));
    return rest.some(({ all }) => all) ? found.flat(1) : found;
  }
  return readJsonPath(stepInto(value, first.step), rest);
}

function stepInto(value: unknown, step: PathStep): unknown {
  if (Array.isArray(value)) return typeof step === 'number' ? value.at(step) : undefined;
  if (!isObject(value) || typeof step === 'number') return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}

/** Returns whether no value exists at a path. A null and an empty list are values. */
export function leadsNowhere(value: unknown, path: JsonPath): boolean {
  const [first, ...rest] = path;
  if (!first) return value === undefined;
  if (!first.all) return leadsNowhere(stepInto(value, first.step), rest);
  if (!isObject(value)) return true;
  const inner = Object.values(value);
  return inner.length > 0 && inner.every((one) => leadsNowhere(one, rest));
}
