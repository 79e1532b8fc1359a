import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allHandlers, callHandler, OUTSIDE, offeredCalls } from '@/lib/testing/routes';
import { OPERATIONS } from './openapi/operations/operations';

const routes = await offeredCalls();

describe('every route', () => {
  it('answers every method, if only with 405 and the methods that it offers', async () => {
    for (const { file, method, path, handler } of await allHandlers()) {
      if (!handler) throw new Error(`${method} of ${file} must be answered, if only with 405`);
      const response = await callHandler(handler, method, path);
      if (response.status === 405) expect(response.headers.get('allow'), `${method} ${path}`).toBeTruthy();
    }
  });

  it('is documented as outside of the OpenAPI document, if it is not in it', () => {
    const page = readFileSync('docs/api.md', 'utf8');
    for (const path of OUTSIDE.filter((outside) => outside !== '/api/{path}')) {
      expect(page).toContain(`\`${path.replace(/\{\w+\}/, '*')}\``);
    }
  });

  it('is in the OpenAPI document, and nothing else is', () => {
    expect(routes.map((r) => r.call).sort()).toEqual(OPERATIONS.map((o) => o.call).sort());
  });

  const closed = routes.filter((r) => !OPERATIONS.find((o) => o.call === r.call)?.public);

  it.each(closed)('$call answers 401 without a key', async ({ method, path, handler }) => {
    for (const headers of [{}, { authorization: 'Basic YTpi' }, { cookie: 'other=1' }]) {
      const response = await callHandler(handler, method, path, { headers: headers as Record<string, string> });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({ code: 'unauthenticated', status: 401 });
    }
  });
});
