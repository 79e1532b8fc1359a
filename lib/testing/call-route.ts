import { join } from 'node:path';
import { beforeEach, expect } from 'vitest';
import { parseJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { openApiDocument } from '@/lib/http/openapi/document';
import type { Handler } from '@/lib/http/route';
import { AnswerCheck } from './answer-check';
import { createContext } from './factories';

const check = new AnswerCheck(openApiDocument());

// Calls through the route files, against a real database and queue. No workers run.
let key = '';

beforeEach(async () => {
  await pool().query("update batch set status = 'cancelled', finished_at = now()");
  ({ key } = await createApiKey(await createContext(), { name: 'test', role: 'admin' }));
});

export interface Answer {
  status: number;
  headers: Headers;
  json: Record<string, unknown> & { errors?: { row?: number; path: string }[] };
}

/** Calls a route and compares its answer with the OpenAPI document. */
export async function call(method: string, path: string, init: RequestInit & { id?: string } = {}): Promise<Answer> {
  const file = join(process.cwd(), 'app/api', path.split('?', 1)[0] ?? '', 'route.ts');
  const handler = ((await import(file)) as Record<string, Handler>)[method];
  if (!handler) throw new Error(`${method} is not in ${file}`);
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${key}`);
  const request = new Request(`http://localhost/api/${path}`, { ...init, method, headers });
  const response = await handler(request, { params: Promise.resolve({ id: init.id }) });
  const { status, headers: answered } = response;
  const body = await response.text();
  const asked = path.replace('[id]', init.id ?? '');
  const contentType = answered.get('content-type');
  expect(check.differs({ method, path: `/api/${asked}`, status, contentType, body })).toBeUndefined();
  return { status, headers: answered, json: parseJson(body) as Answer['json'] };
}

export const launch = (fields: object, headers: Record<string, string> = {}) =>
  call('POST', 'batches', {
    body: JSON.stringify({ name: 'n', type: 'diagnostic', items: [{}, { payload: 1 }], ...fields }),
    headers: { 'content-type': 'application/json', ...headers },
  });

export const stream = (type: string, body: string, fields: object = {}, idempotencyKey?: string) =>
  call(
    'POST',
    `batches?batch=${encodeURIComponent(JSON.stringify({ name: 'n', type: 'diagnostic', start: 'manual', ...fields }))}`,
    {
      body,
      headers: { 'content-type': type, ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}) },
    },
  );
