import { buffer } from 'node:stream/consumers';
import { parseJson } from '@/lib/contracts/json';
import type { OutboundResponse } from '@/lib/outbound/client';
import type { Redactor } from '@/lib/outbound/redact';
import { type Decoded, declaredEncoding, decodeText } from '@/workers/processors/encoding/decode-text';

const MAX_EXCERPT = 300;

/** A response with its body. It still contains secrets. */
export interface Answer extends Decoded {
  response: OutboundResponse;
  contentType: string | null;
  bytes: Buffer;
  /** whether the status and method allow a body */
  bodiless: boolean;
  /** the format that the content type declares */
  claims: 'json' | 'json-lines' | undefined;
  /** the parsed JSON body, or a list for JSON lines; undefined for another body, or if the row does not need it */
  json: unknown;
}

/** Whether the row extracts columns from JSON. */
export const needsJson = (wanted: Readonly<Record<string, string>> | undefined): boolean =>
  Object.values(wanted ?? {}).some((source) => source.startsWith('$'));

/** Reads the response completely. */
export async function readAnswer(
  response: OutboundResponse,
  { method, extract }: { method: string; extract?: Readonly<Record<string, string>> | undefined },
): Promise<Answer> {
  const contentType = response.headers.get('content-type');
  const bytes = await buffer(response.body);
  const claims = claimOf(contentType);
  const decoded = await decode(bytes, contentType);
  const wanted = claims || needsJson(extract);
  return {
    response,
    contentType,
    bytes,
    ...decoded,
    bodiless: method === 'HEAD' || response.status === 204 || response.status === 205,
    claims,
    json: !wanted ? undefined : claims === 'json-lines' ? linesOf(decoded.text) : jsonOf(decoded.text),
  };
}

const CHARSET = /charset\s*=\s*["']?\s*([\w.:-]{2,40})/i;
const TEXTUAL = /^text\/|json|xml|html|javascript|form|csv|yaml/i;

/** Decodes the body as text. The encoding is guessed only for textual content types. */
async function decode(bytes: Buffer, contentType: string | null): Promise<Decoded> {
  if (contentType !== null && !TEXTUAL.test(contentType)) {
    return { text: new TextDecoder().decode(bytes), encoding: 'utf-8', remarks: [] };
  }
  const declared = CHARSET.exec(contentType ?? '')?.[1];
  const own = /html|xml/i.test(contentType ?? '') ? declaredEncoding(bytes) : undefined;
  // A document in ASCII bytes cannot itself be UTF-16, but the header may be right: it is used if there are zero bytes.
  const given = declared && /^utf-?16/i.test(declared) && bytes.includes(0) ? declared : undefined;
  return decodeText(bytes, { given, declared: declared ?? own });
}

const LINES = /^application\/(x-)?(ndjson|jsonl|jsonlines|json-lines|json-seq)$|\+json-seq$/;
const JSON_TYPE = /^[^/]+\/([^/]+\+|x-)?json$/;

/** Returns the essence of a content type, as defined by the MIME Sniffing standard. */
function claimOf(contentType: string | null): Answer['claims'] {
  const essence = (contentType ?? '').split(/[;,]/)[0]?.trim().toLowerCase() ?? '';
  if (LINES.test(essence)) return 'json-lines';
  return JSON_TYPE.test(essence) ? 'json' : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // The body is not JSON. `checkBody` reports it if the row needs JSON.
    return undefined;
  }
}

/** Returns the values of JSON lines or of a JSON text sequence, or undefined if one of them is not valid JSON. */
function linesOf(text: string): unknown[] | undefined {
  const values: unknown[] = [];
  for (const line of text.split(/[\n\u001e]/)) {
    if (line.trim() === '') continue;
    const value = jsonOf(line);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

/** Returns text that Postgres can store. */
export const storable = (text: string): string => text.replaceAll('\u0000', '\ufffd');

/** Returns the first characters of a body for an error message. */
export const excerptOf = (answer: Answer, redactor: Redactor): string =>
  storable(redactor.text(answer.text)).replaceAll(/\s+/g, ' ').trim().slice(0, MAX_EXCERPT);
