import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { askBoard, BOARD_PATH } from '@/lib/domain/queue-board/ask-board';
import { validate } from '@/lib/domain/validate';
import { awayPage, QUEUE } from './away-page';
import { readJson } from './body';
import type { Handler } from './route';

/** Content security policy of the board only. Its pages contain their own scripts and styles. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};
const BODY_BYTES = 256 * 1024;

/** Responds to a request of the board: its page, its files or its data. `path` is relative to the board. */
export async function boardResponse(context: Context, request: Request, path: string): Promise<Response> {
  const body = request.method === 'GET' ? {} : ((await readJson(request, BODY_BYTES)) ?? {});
  const answer = await askBoard(context, {
    method: request.method,
    path,
    query: queryOf(new URL(request.url)),
    body: validate(z.record(z.string(), z.unknown()), body, 'The body'),
  });
  if (answer.kind === 'json') return Response.json(answer.body, { status: answer.status });
  if (answer.kind === 'page') {
    return new Response(answer.html, {
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
    });
  }
  const found = answer.kind === 'file' ? await stat(answer.path).catch(() => undefined) : undefined;
  if (answer.kind !== 'file' || !found?.isFile()) throw new DomainError('not-found', 'The board has no such page.');
  return new Response(Readable.toWeb(createReadStream(answer.path)) as ReadableStream, {
    headers: {
      'content-type': TYPES[extname(answer.path)] ?? 'application/octet-stream',
      'content-length': String(found.size),
      'cache-control': 'private, max-age=3600',
    },
  });
}

function queryOf(url: URL): Record<string, string | string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of url.searchParams) {
    const known = found.get(name);
    if (known) known.push(value);
    else found.set(name, [value]);
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? '')]));
}

/**
 * A browser without a session is redirected to the sign-in page, and one that can't be answered because the queue is late
 * gets a page that reloads; every other client gets the error.
 */
export function forBrowsers(handler: Handler): Handler {
  return async (request, route) => {
    const answer = await handler(request, route);
    const isPage = request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html');
    if (!isPage) return answer;
    if (answer.status === 503) return awayPage(randomBytes(16).toString('base64'), 'The queue did not answer.', QUEUE);
    if (answer.status !== 401 || request.headers.has('authorization')) return answer;
    const location = `/sign-in?next=${encodeURIComponent(BOARD_PATH)}`;
    return new Response(null, { status: 302, headers: { location, 'cache-control': 'no-store' } });
  };
}
