import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { leadsNowhere, parseJsonPath, readJsonPath } from '@/lib/contracts/json-path';
import type { Redactor } from '@/lib/outbound/redact';
import { type Answer, storable } from './read-answer';

/** The maximum length, in characters, of one result column and of a body that is stored in the result. */
const MAX_KEPT = 64 * 1024;

type Warn = (code: string, message: string) => void;

/**
 * Extracts the result columns of a row. A missing value becomes null, and a long one is truncated; both add a warning.
 */
export function extractColumns(
  answer: Answer,
  wanted: Readonly<Record<string, string>>,
  redactor: Redactor,
  warn: Warn,
): Record<string, unknown> {
  const nothing: string[] = [];
  const long: string[] = [];
  const columns = Object.entries(wanted).map(([column, source]) => {
    const found = valueAt(answer, source);
    if (found === undefined) nothing.push(`${column} (${source})`);
    const { value, cut } = kept(found ?? null, redactor);
    if (cut) long.push(column);
    return [column, value];
  });
  if (nothing.length > 0) warn('extracted-nothing', `The answer has nothing for ${nothing.join(', ')}: left empty.`);
  if (long.length > 0) warn('cut', `Longer than ${MAX_KEPT} characters, and cut there: ${long.join(', ')}.`);
  return Object.fromEntries(columns);
}

/** Returns the value of a source, or undefined if the response does not have it. */
function valueAt({ response, text, json }: Answer, source: string): unknown {
  if (source === 'status') return response.status;
  if (source === 'url') return response.url.href;
  if (source === 'body') return text;
  if (source.startsWith('header:')) return response.headers.get(source.slice('header:'.length)) ?? undefined;
  const path = parseJsonPath(source) ?? [];
  return leadsNowhere(json, path) ? undefined : readJsonPath(json, path);
}

/** Returns the body for the result: JSON if it is valid and short enough, else text. */
export function bodyOf(answer: Answer, redactor: Redactor, warn: Warn): { body?: unknown; truncated?: boolean } {
  if (answer.bytes.length === 0) return {};
  const json = answer.claims === 'json' && answer.text.length <= MAX_KEPT ? answer.json : undefined;
  const { value, cut } = kept(json ?? answer.text, redactor);
  if (cut) warn('cut', `The body is longer than ${MAX_KEPT} characters, and cut there; saveBody keeps all of it.`);
  return { body: value, ...(cut ? { truncated: true } : {}) };
}

/** Redacts secrets from a value, then truncates it. A truncated secret would not be found. */
function kept(value: unknown, redactor: Redactor): { value: unknown; cut: boolean } {
  const clean = redactor.json(value);
  if (typeof clean === 'string') {
    return { value: storable(clean.slice(0, MAX_KEPT)), cut: clean.length > MAX_KEPT };
  }
  const text = stringifyJson(clean) ?? 'null';
  if (text.length > MAX_KEPT) return { value: storable(text.slice(0, MAX_KEPT)), cut: true };
  return { value: text.includes('\\u0000') ? parseJson(text.replaceAll('\\u0000', '\\ufffd')) : clean, cut: false };
}
