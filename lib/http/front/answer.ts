import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { logger } from '@/lib/config/logger';
import type { ErrorCode } from '@/lib/contracts/errors';
import { problemBody } from '@/lib/http/problem';

/** Every answer carries these; pages get their content security policy in proxy.ts, API answers in lib/http. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
};

/** Asked of every answer of the API: not cached, not rendered. */
export const API_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Says how long the body of an answer is: the web framework takes `content-length` away, and the front puts it back. */
export const BODY_LENGTH = 'x-body-length';

/** Why a request is not passed on. */
export interface Refusal {
  code: ErrorCode;
  detail: string;
  allow?: string;
}

/** The id that a request is logged under: the sender's, where it is one. */
export const requestIdFrom = (given: string | null | undefined): string =>
  given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();

function made({ code, detail, allow }: Refusal, requestId: string) {
  const body = problemBody(code, detail);
  const text = JSON.stringify(body);
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    ...API_HEADERS,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(text)),
    'x-request-id': requestId,
    ...(allow && { allow }),
  };
  return { status: body.status, headers, text };
}

const logRefusal = (refusal: Refusal, requestId: string, where: string) =>
  logger.info({ code: refusal.code, requestId, where }, 'A request was refused.');

/** Refuses a request that is not passed on, in the form of every other refusal. */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const given = request.headers['x-request-id'];
  const requestId = requestIdFrom(Array.isArray(given) ? given[0] : given);
  const { status, headers, text } = made(refusal, requestId);
  logRefusal(refusal, requestId, `${request.method} ${request.url?.slice(0, 200)}`);
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** Refuses bytes that are no HTTP request, so that no response object exists. Ends the connection. */
export function refuseRaw(socket: Duplex, refusal: Refusal, where: string): void {
  const requestId = requestIdFrom(null);
  const { status, headers, text } = made(refusal, requestId);
  logRefusal(refusal, requestId, where);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${refusal.code}\r\n${lines.join('')}\r\n${text}`);
}
