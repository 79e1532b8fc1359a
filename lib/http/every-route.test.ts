import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import config from '@/next.config';
import { OPERATIONS } from './openapi/operations/operations';
import type { Handler } from './route';

const APP = join(process.cwd(), 'app');
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** Sign-in, the 404 for unknown paths, and the board over the queues, which has its own test. docs/api.md gives reasons. */
const OUTSIDE = ['/api/auth/{all}', '/api/{path}', '/api/admin/queues/{path}'];

/** The path of a route file that is requested under another address. */
const rewrites = await config.rewrites?.();
const served = (path: string): string =>
  (Array.isArray(rewrites) && rewrites.find(({ destination }) => destination === path)?.source) || path;

const files = readdirSync(APP, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('route.ts'));

async function offered(): Promise<{ call: string; handler: Handler }[]> {
  const found: { call: string; handler: Handler }[] = [];
  for (const file of files) {
    const path = `/${relative(APP, join(APP, file, '..'))}`.replaceAll(/\[+(?:\.\.\.)?(\w+)\]+/g, '{$1}');
    const module = (await import(join(APP, file))) as Record<string, Handler>;
    for (const method of METHODS) {
      const handler = module[method];
      expect(handler, `${method} of ${file} must be answered, if only with 405`).toBeTypeOf('function');
      const response = handler && (await call(handler, method, path));
      if (handler && response?.status !== 405) found.push({ call: `${method} ${served(path)}`, handler });
      if (response?.status === 405) expect(response.headers.get('allow'), `${method} ${path}`).toBeTruthy();
    }
  }
  return found;
}

const call = (
  handler: Handler,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Response> =>
  handler(new Request(`http://localhost:3000${path.replaceAll(/[{}]/g, '')}`, { method, headers }), {
    params: Promise.resolve({ id: '0199' }),
  });

const routes = (await offered()).filter(({ call }) => !OUTSIDE.some((path) => call.endsWith(` ${path}`)));

describe('every route', () => {
  it('is listed as outside of the OpenAPI document, if it is not in it', () => {
    const page = readFileSync('docs/api.md', 'utf8');
    for (const path of OUTSIDE.filter((outside) => outside !== '/api/{path}')) {
      expect(page).toContain(`\`${path.replace(/\{\w+\}/, '*')}\``);
    }
  });

  it('is in the OpenAPI document, and the document has no other', () => {
    expect(routes.map((r) => r.call).sort()).toEqual(OPERATIONS.map((o) => o.call).sort());
  });

  const closed = routes.filter((r) => !OPERATIONS.find((o) => o.call === r.call)?.public);

  it.each(closed)('$call answers 401 without a key', async ({ call: name, handler }) => {
    const [method = '', path = ''] = name.split(' ');
    for (const headers of [{}, { authorization: 'Basic YTpi' }, { cookie: 'other=1' }]) {
      const response = await call(handler, method, path, headers as Record<string, string>);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({ code: 'unauthenticated', status: 401 });
    }
  });
});
