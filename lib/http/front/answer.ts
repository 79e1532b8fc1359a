import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import type { ErrorCode } from '@/lib/contracts/errors';
import { problemBody } from '@/lib/http/problem';

/** The constant headers of every response. The content security policy is set in proxy.ts for pages, and in lib/http for the API. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
};

/** A year: browsers call this host and its subdomains by TLS only, also after a link or a bookmark without it. */
const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

/** Returns the headers of every response. TLS is demanded where the public address has it. */
export const securityHeaders = (): Readonly<Record<string, string>> =>
  env().PUBLIC_URL?.startsWith('https://') ? { ...SECURITY_HEADERS, ...STRICT_TRANSPORT } : SECURITY_HEADERS;

/** Headers of every API response: it must not be cached or rendered. */
export const API_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The length of a response body. The web framework removes `content-length`, and the front restores it from here. */
export const BODY_LENGTH = 'x-body-length';

/** The reason why a request is rejected. */
export interface Refusal {
  code: ErrorCode;
  detail: string;
  allow?: string;
}

/** Returns the request id for logs: the id from the client if it is valid, else a random one. */
export const requestIdFrom = (given: string | null | undefined): string =>
  given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();

function made({ code, detail, allow }: Refusal, requestId: string) {
  const body = problemBody(code, detail);
  const text = JSON.stringify(body);
  const headers: Record<string, string> = {
    ...securityHeaders(),
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

/** Rejects a request before the web framework, in the format of all error responses. */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const given = request.headers['x-request-id'];
  const requestId = requestIdFrom(Array.isArray(given) ? given[0] : given);
  const { status, headers, text } = made(refusal, requestId);
  logRefusal(refusal, requestId, `${request.method} ${request.url?.slice(0, 200)}`);
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** Rejects bytes that are not an HTTP request, for which no response object exists. Closes the connection. */
export function refuseRaw(socket: Duplex, refusal: Refusal, where: string): void {
  const requestId = requestIdFrom(null);
  const { status, headers, text } = made(refusal, requestId);
  logRefusal(refusal, requestId, where);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${refusal.code}\r\n${lines.join('')}\r\n${text}`);
}
