import { Readable } from 'node:stream';
import type { z } from 'zod';
import { retryAfterMs } from '@/lib/contracts/retry-after';
import { jsonOf, wordsOf } from '@/lib/outbound/answer-words';
import { withoutKey } from '@/lib/outbound/redact';
import { EndpointBusyError, EndpointRefusedError } from './protocol';

export interface EndpointOptions {
  /** for example https://api.openai.com/v1 */
  baseUrl: string;
  apiKey?: string | undefined;
  timeoutMs?: number;
}

interface Call {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string | AsyncIterable<Uint8Array>;
  /** an upload may take longer than other calls */
  timeoutMs?: number;
}

/** Statuses after which a retry may succeed. */
const TRANSIENT = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);
const TIMEOUT_MS = 60_000;
const MAX_ANSWER = 8 * 1024 * 1024;

/**
 * Sends one request to the endpoint, does not follow redirects, and validates the response.
 * @throws EndpointBusyError, EndpointRefusedError; or the reason of `signal`
 */
export async function callEndpoint<T extends z.ZodType>(
  options: EndpointOptions,
  path: string,
  schema: T,
  signal: AbortSignal,
  { method = 'GET', headers = {}, body, timeoutMs = options.timeoutMs ?? TIMEOUT_MS }: Call = {},
): Promise<z.output<T>> {
  // Loaded here, because every supervisor loads this file and few of them ever call the endpoint.
  const { request } = await import('undici');
  const timeout = AbortSignal.timeout(timeoutMs);
  let status: number;
  let wait: number | undefined;
  let text: string;
  try {
    const answer = await request(`${options.baseUrl.replace(/\/+$/, '')}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(options.apiKey && { authorization: `Bearer ${options.apiKey}` }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? (body ?? null) : Readable.from(body),
      signal: AbortSignal.any([signal, timeout]),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    status = answer.statusCode;
    wait = retryAfterMs(new Headers(single(answer.headers)));
    text = withoutKey('FINE_TUNING_API_KEY', options.apiKey, await bounded(answer.body));
  } catch (cause) {
    signal.throwIfAborted();
    const what = timeout.aborted ? `did not answer within ${timeoutMs / 1000} s` : `is out of reach (${reason(cause)})`;
    throw new EndpointBusyError(`The fine-tuning endpoint ${what}.`, undefined, { cause });
  }
  if (status < 200 || status > 299) {
    const message = `The fine-tuning endpoint answered ${status}${wordsOf(text)}.`;
    throw TRANSIENT.has(status) ? new EndpointBusyError(message, wait) : new EndpointRefusedError(message, status);
  }
  const json = jsonOf(text);
  if (json === undefined) {
    throw new EndpointBusyError(`The fine-tuning endpoint answered ${path} with a body that is no JSON, or was cut.`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new EndpointRefusedError(
      `The fine-tuning endpoint answered ${path} with something else than it should.`,
      status,
    );
  }
  return parsed.data;
}

async function bounded(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > MAX_ANSWER) throw new Error('its answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const single = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

function reason(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
}
