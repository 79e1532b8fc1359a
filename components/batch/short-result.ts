import { parseJson, stringifyJson } from '@/lib/contracts/json';

const isScalar = (value: unknown): boolean => value === null || typeof value !== 'object';
const word = (value: unknown): string => (typeof value === 'string' ? value : stringifyJson(value));

/**
 * A result as one line of a list: `status 200 · bytes 512` for an object, lists and objects inside it as they are.
 * @param preview the beginning of the result as JSON; a text that was cut is shown as it is
 */
export function shortResult(preview: string): string {
  let value: unknown;
  try {
    value = parseJson(preview);
  } catch {
    // Cut off, so that it is no JSON.
    return preview;
  }
  if (value === null) return '';
  if (isScalar(value) || Array.isArray(value)) return word(value);
  const entries = Object.entries(value as object).filter(([, inner]) => inner !== null);
  // What fits on a line comes first.
  const sorted = [...entries.filter(([, v]) => isScalar(v)), ...entries.filter(([, v]) => !isScalar(v))];
  return sorted.map(([name, inner]) => `${name} ${word(inner)}`).join(' · ');
}
