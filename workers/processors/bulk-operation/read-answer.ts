import { buffer } from 'node:stream/consumers';
import { parseJsonPath, readJsonPath } from '@/lib/contracts/json-path';
import type { OutboundResponse } from '@/lib/outbound';
import type { Redactor } from './redact';

/** Characters of one result column, and of a body that is kept in the result. */
const MAX_KEPT = 64 * 1024;
const MAX_EXCERPT = 300;

/** An answer with its body, secrets not yet taken out. */
export interface Answer {
  response: OutboundResponse;
  bytes: Buffer;
}

export const readAnswer = async (response: OutboundResponse): Promise<Answer> => ({
  response,
  bytes: await buffer(response.body),
});

export const contentTypeOf = ({ response }: Answer): string | null => response.headers.get('content-type');

/** The body as text, in the charset it declares. */
function textOf(answer: Answer): string {
  const charset = /charset="?([\w-]{2,40})/i.exec(contentTypeOf(answer) ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(answer.bytes);
  } catch {
    // A charset that nobody knows: read as most are.
    return new TextDecoder().decode(answer.bytes);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: paths into it lead to nothing, and the body is kept as text.
    return undefined;
  }
}

const isJson = (answer: Answer): boolean => /[/+]json\b/i.test(contentTypeOf(answer) ?? '');

/** Text that Postgres can store. */
const storable = (text: string): string => text.replaceAll('\u0000', '\ufffd');

/** The first words of a body, for an error message. */
export const excerptOf = (answer: Answer, redactor: Redactor): string =>
  storable(redactor.text(textOf(answer)))
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_EXCERPT);

/** The columns that a row asks for; one that leads to nothing is null, one that is too long is cut. */
export function extractColumns(
  answer: Answer,
  wanted: Readonly<Record<string, string>>,
  redactor: Redactor,
): Record<string, unknown> {
  const text = textOf(answer);
  const json = Object.values(wanted).some((source) => source.startsWith('$')) ? jsonOf(text) : undefined;
  return Object.fromEntries(
    Object.entries(wanted).map(([column, source]) => [
      column,
      kept(valueAt(answer, source, text, json), redactor).value,
    ]),
  );
}

function valueAt({ response }: Answer, source: string, text: string, json: unknown): unknown {
  if (source === 'status') return response.status;
  if (source === 'url') return response.url.href;
  if (source === 'body') return text;
  if (source.startsWith('header:')) return response.headers.get(source.slice('header:'.length));
  return readJsonPath(json, parseJsonPath(source) ?? []);
}

/** The body as the result keeps it: JSON where it is JSON and short enough, else text. */
export function bodyOf(answer: Answer, redactor: Redactor): { body?: unknown; truncated?: boolean } {
  if (answer.bytes.length === 0) return {};
  const text = textOf(answer);
  const json = isJson(answer) && text.length <= MAX_KEPT ? jsonOf(text) : undefined;
  const { value, cut } = kept(json ?? text, redactor);
  return { body: value, ...(cut ? { truncated: true } : {}) };
}

/** A value without secrets, cut where it is too long. Secrets go first: half of one would not be found. */
function kept(value: unknown, redactor: Redactor): { value: unknown; cut: boolean } {
  const clean = redactor.json(value);
  if (typeof clean === 'string') {
    return { value: storable(clean.slice(0, MAX_KEPT)), cut: clean.length > MAX_KEPT };
  }
  const text = JSON.stringify(clean) ?? 'null';
  if (text.length > MAX_KEPT) return { value: storable(text.slice(0, MAX_KEPT)), cut: true };
  return { value: text.includes('\\u0000') ? JSON.parse(text.replaceAll('\\u0000', '\\ufffd')) : clean, cut: false };
}
