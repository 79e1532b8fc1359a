import { AddressError } from '@/lib/contracts/address';
import { stringifyJson } from '@/lib/contracts/json';
import {
  type Filling,
  fill,
  fillAddress,
  fillJson,
  MissingValueError,
  textsOf,
} from '@/lib/contracts/request-template';
import { showOrigin } from '@/lib/contracts/secret-origin';
import { secretsIn } from '@/lib/contracts/template';
import { mayBeTakenTo, mayGoTo, type OpenSecret } from '@/lib/domain/secret/open-secrets';
import type { InputOf } from '@/lib/job-types/catalogue';
import { unknownSecret } from '@/lib/job-types/failures';
import type { OutboundRequest } from '@/lib/outbound/client';
import type { Redactor } from '@/lib/outbound/redact';
import { PermanentError } from '@/workers/runtime/processor';

export interface BuiltRequest {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  mayFollow: NonNullable<OutboundRequest['mayFollow']>;
  mayTake: NonNullable<OutboundRequest['mayTake']>;
}

type Data = InputOf<'bulk-operation'>;

/** Parts of the input that may contain templates. */
const TEMPLATES = ['url', 'headers', 'query', 'json', 'form', 'text'] as const;

export const secretNames = (data: Data): string[] => [
  ...new Set(TEMPLATES.flatMap((part) => textsOf(data[part])).flatMap(secretsIn)),
];

/**
 * Builds the request of a row and fills its templates.
 * @throws PermanentError `missing-value`, `unknown-secret`, `secret-not-for-host`, `invalid-url`,
 *   `invalid-path-segment`, `invalid-header`, `invalid-text`
 */
export function buildRequest(
  data: Data,
  jobId: string,
  secrets: readonly OpenSecret[],
  redactor: Redactor,
): BuiltRequest {
  const filling: Filling = {
    values: data.values ?? {},
    secret: (name) => {
      const secret = secrets.find((one) => one.name === name);
      if (!secret) throw unknownSecret(name);
      return secret.value;
    },
  };
  try {
    const url = urlOf(data, filling);
    checkOrigins(secrets, url);
    const { body, contentType } = bodyOf(data, filling);
    const given = data.headers ?? {};
    const headers = headersOf(given, filling);
    const has = (name: string) => Object.keys(headers).some((one) => one.toLowerCase() === name);
    if (contentType && !has('content-type')) headers['content-type'] = contentType;
    if (!has('user-agent')) headers['user-agent'] = 'Batchyard';
    if (!has('accept')) headers.accept = '*/*';
    // A retry may repeat the request after a lost response. The key lets the server recognize the duplicate.
    if ((data.method === 'POST' || data.method === 'PATCH') && !has('idempotency-key')) {
      headers['idempotency-key'] = jobId;
    }
    return { url, method: data.method, headers, body, ...redirectRules(data, url, secrets, redactor) };
  } catch (error) {
    if (error instanceof MissingValueError) throw new PermanentError(error.message, 'missing-value');
    if (error instanceof AddressError) throw new PermanentError(error.message, error.code);
    throw error;
  }
}

function urlOf(data: Data, filling: Filling): URL {
  const text = fillAddress(data.url, filling);
  if (!URL.canParse(text))
    throw new PermanentError(
      `${shown(data.url)} is no URL that can be called, such as https://api.example.com/users/7.`,
      'invalid-url',
    );
  const url = new URL(text);
  const query = pairs(data.query ?? {}, filling);
  // The query is appended to the URL. Parsing and serializing it again could change the part that the URL already has.
  if (query !== '') url.search = `${url.search}${url.search === '' ? '?' : '&'}${query}`;
  url.hash = '';
  return url;
}

/** Encodes names and values like an HTML form. */
function pairs(given: Readonly<Record<string, string | number | boolean>>, filling: Filling): string {
  const filled = Object.entries(given).map(([name, value]): [string, string] => {
    const text = typeof value === 'string' ? fill(value, filling) : String(value);
    return [whole(name, name), whole(text, name)];
  });
  return new URLSearchParams(filled).toString();
}

/** @throws PermanentError `invalid-text` for a lone surrogate, which would be sent as another character */
function whole(text: string, name: string): string {
  if (!/\p{Surrogate}/u.test(text)) return text;
  throw new PermanentError(`${name.slice(0, 100)} holds half of a character, which can’t be sent.`, 'invalid-text');
}

/** Returns the template itself, because the filled text may contain a secret. */
const shown = (url: string): string => `“${url.slice(0, 200)}”`;

function checkOrigins(secrets: readonly OpenSecret[], url: URL): void {
  const refused = secrets.find((secret) => !mayGoTo(secret, url));
  if (refused) throw notFor(refused, `may not be sent to ${originOf(url)}`);
}

const originOf = (url: URL): string => url.origin.slice(0, 200);

function notFor({ name, hosts }: OpenSecret, what: string): PermanentError {
  const allowed = hosts.slice(0, 5).map(showOrigin).join(', ');
  return new PermanentError(`The secret ${name} ${what}. It may go to ${allowed}.`, 'secret-not-for-host');
}

/**
 * Decides whether a redirect is followed, and with which headers. Secrets may be sent to the origin of the request and
 * to the origins that they are configured for. For any other origin, headers with a secret are removed. The redirect is
 * refused if the old URL, the body or the new URL contains a secret, because a server may copy it into `Location`.
 */
function redirectRules(
  data: Data,
  url: URL,
  secrets: readonly OpenSecret[],
  redactor: Redactor,
): Pick<BuiltRequest, 'mayFollow' | 'mayTake'> {
  const allowed = (secret: OpenSecret, to: URL) => to.origin === url.origin || mayBeTakenTo(secret, to);
  const exposed = new Set([data.url, data.query, data.json, data.form, data.text].flatMap(textsOf).flatMap(secretsIn));
  const inHeaders = new Map(
    Object.entries(data.headers ?? {}).map(([name, value]) => [name.toLowerCase(), secretsIn(value)]),
  );
  return {
    mayFollow: ({ from, to, location }) => {
      const closed = secrets.filter((secret) => !allowed(secret, to));
      if (closed.length === 0) return;
      const repeated = new Set([location, to.href, ...decodings(to.href)].flatMap((text) => redactor.namesIn(text)));
      const refused = closed.find(({ name }) => exposed.has(name) || repeated.has(name));
      if (!refused) return;
      const how = repeated.has(refused.name) ? ' in the new address' : ', after a call that holds it';
      throw notFor(refused, `would be taken by a redirect of ${originOf(from)} to ${originOf(to)}${how}`);
    },
    mayTake: (header, to) => {
      const names = inHeaders.get(header) ?? [];
      if (names.length === 0) return undefined;
      return secrets.every((secret) => !names.includes(secret.name) || allowed(secret, to));
    },
  };
}

/** Returns a URL after one and after two rounds of percent-decoding. */
function decodings(href: string): string[] {
  const once = href.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const twice = once.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [once, Buffer.from(once, 'latin1').toString(), twice, Buffer.from(twice, 'latin1').toString()];
}

function headersOf(given: Record<string, string>, filling: Filling): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries(given)) {
    const value = fill(template, filling).trim();
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new PermanentError(`The header ${name} holds characters that no header can.`, 'invalid-header');
    }
    headers[name] = value;
  }
  return headers;
}

function bodyOf(data: Data, filling: Filling): { body: string | undefined; contentType?: string } {
  if (data.json !== undefined) {
    return { body: stringifyJson(fillJson(data.json, filling)), contentType: 'application/json' };
  }
  if (data.form !== undefined) {
    return { body: pairs(data.form, filling), contentType: 'application/x-www-form-urlencoded' };
  }
  if (data.text !== undefined) {
    return { body: whole(fill(data.text, filling), 'text'), contentType: 'text/plain; charset=utf-8' };
  }
  return { body: undefined };
}
