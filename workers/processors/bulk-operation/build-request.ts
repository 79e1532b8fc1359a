import { type Filling, fill, fillJson, MissingValueError, secretsIn, textsOf } from '@/lib/contracts/request-template';
import { mayGoTo, type OpenSecret } from '@/lib/domain/secret';
import type { InputOf } from '@/lib/job-types';
import { hostOf } from '@/lib/outbound';
import { PermanentError } from '@/workers/runtime/processor';

export interface BuiltRequest {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  /** header names, lower case, that hold a secret */
  privateHeaders: string[];
  privateBody: boolean;
}

type Data = InputOf<'bulk-operation'>;

/** Parts of the input that are templates. */
const TEMPLATES = ['url', 'headers', 'query', 'json', 'form', 'text'] as const;

export const secretNames = (data: Data): string[] => [
  ...new Set(TEMPLATES.flatMap((part) => textsOf(data[part])).flatMap(secretsIn)),
];

/**
 * The request of a row, its templates filled.
 * @throws PermanentError `missing-value`, `unknown-secret`, `secret-not-for-host`, `invalid-url`, `invalid-header`
 */
export function buildRequest(data: Data, jobId: string, secrets: readonly OpenSecret[]): BuiltRequest {
  const filling: Filling = {
    values: data.values ?? {},
    secret: (name) => {
      const secret = secrets.find((one) => one.name === name);
      if (!secret)
        throw new PermanentError(
          `There is no secret named ${name.slice(0, 64)}. An administrator can make it (Settings, or POST /api/secrets).`,
          'unknown-secret',
        );
      return secret.value;
    },
  };
  try {
    const url = urlOf(data, filling);
    checkHosts(secrets, url);
    const { body, contentType } = bodyOf(data, filling);
    const given = data.headers ?? {};
    const headers = headersOf(given, filling);
    const has = (name: string) => Object.keys(headers).some((one) => one.toLowerCase() === name);
    if (contentType && !has('content-type')) headers['content-type'] = contentType;
    if (!has('user-agent')) headers['user-agent'] = 'Batchyard';
    if (!has('accept')) headers.accept = '*/*';
    // The same job may call twice, after a lost answer: with this a server can tell.
    if ((data.method === 'POST' || data.method === 'PATCH') && !has('idempotency-key')) {
      headers['idempotency-key'] = jobId;
    }
    const privateHeaders = Object.entries(given).flatMap(([name, value]) =>
      secretsIn(value).length > 0 ? [name.toLowerCase()] : [],
    );
    const privateBody = [data.json, data.form, data.text].flatMap(textsOf).some((one) => secretsIn(one).length > 0);
    return { url, method: data.method, headers, body, privateHeaders, privateBody };
  } catch (error) {
    if (error instanceof MissingValueError) throw new PermanentError(error.message, 'missing-value');
    throw error;
  }
}

function urlOf(data: Data, filling: Filling): URL {
  const text = fill(data.url, { ...filling, encode: encodeURIComponent });
  if (!URL.canParse(text))
    throw new PermanentError(
      `${shown(data.url)} is no URL that can be called, such as https://api.example.com/users/7.`,
      'invalid-url',
    );
  const url = new URL(text);
  for (const [name, value] of Object.entries(data.query ?? {})) {
    url.searchParams.append(name, typeof value === 'string' ? fill(value, filling) : String(value));
  }
  url.hash = '';
  return url;
}

/** As it was given: filled in, it could hold a secret. */
const shown = (url: string): string => `“${url.slice(0, 200)}”`;

function checkHosts(secrets: readonly OpenSecret[], url: URL): void {
  const refused = secrets.find((secret) => !mayGoTo(secret, hostOf(url)));
  if (refused) {
    throw new PermanentError(
      `The secret ${refused.name} may not be sent to ${hostOf(url).slice(0, 200)}; its own hosts are set where it was created.`,
      'secret-not-for-host',
    );
  }
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
    return { body: JSON.stringify(fillJson(data.json, filling)), contentType: 'application/json' };
  }
  if (data.form !== undefined) {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(data.form)) {
      form.append(name, typeof value === 'string' ? fill(value, filling) : String(value));
    }
    return { body: form.toString(), contentType: 'application/x-www-form-urlencoded' };
  }
  if (data.text !== undefined) return { body: fill(data.text, filling), contentType: 'text/plain; charset=utf-8' };
  return { body: undefined };
}
