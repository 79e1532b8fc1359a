import { readFileSync } from 'node:fs';
import { expect, test } from '@/e2e/support/test';
import { budgetOf, MOST_REQUESTS, scriptsOf, wireBytes } from '@/e2e/support/weight';

// Every page and server action that the build offers, without a session and with a wrong one. A page has the data of the
// verbs that the API calls, which lib/http/access.db.test.ts tries with everyone; the rest it asks from the API.
const built = <T>(file: string): T => JSON.parse(readFileSync(`.next/${file}`, 'utf8')) as T;

const files = Object.entries(built<Record<string, string>>('app-path-routes-manifest.json')).filter(
  ([file]) => file.endsWith('/page') && !file.startsWith('/_'),
);
/** Asks for a session itself, one that lacks the second factor. */
const SECOND_FACTOR = '/second-factor';
/** Pages for who is not signed in, with the reason. Every other page is below app/(app), whose layout asks for a session. */
const PUBLIC: Readonly<Record<string, string>> = {
  '/sign-in': 'the way in',
  '/forgot-password': 'a person who forgot it has no session',
  '/reset-password': 'the token in the link decides',
  '/invite/[id]': 'the token in the link decides',
};
const PATIENCE_MS = 600_000;
const NOWHERE = '01a00000-0000-7000-8000-000000000000';
/** What a browser says when it loads a page. */
const DOCUMENT = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
/** What the router of the browser asks for instead of a whole page. */
const ASKED: Record<string, string>[] = [{}, DOCUMENT, { rsc: '1' }, { rsc: '1', 'next-router-prefetch': '1' }];

test('every page is for who is signed in, or listed as public', () => {
  const open = files.filter(([file]) => !file.startsWith('/(app)/')).map(([, route]) => route);
  expect(open.sort()).toEqual([...Object.keys(PUBLIC), SECOND_FACTOR].sort());
});

test('the icon has the address that browsers try by themselves', async ({ running }) => {
  const answer = await fetch(`${running.url}/favicon.ico`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  expect(await answer.text()).toContain('<svg');
});

test('there is no server action, and a page takes no call of one', async ({ running }) => {
  const { node, edge } = built<{ node: object; edge: object }>('server/server-reference-manifest.json');
  expect({ node, edge }).toEqual({ node: {}, edge: {} });
  for (const [, route] of files) {
    const answer = await fetch(`${running.url}${route.replace('[id]', NOWHERE)}`, {
      method: 'POST',
      headers: { 'next-action': '40'.repeat(21), 'content-type': 'text/plain;charset=UTF-8', connection: 'close' },
      body: '[]',
    });
    expect(answer.status, route).toBe(405);
  }
});

test('a page shows nothing to who has no session, a forged one, or only a key', async ({ running, api }) => {
  const { body } = await api.launch({ name: 'for members only', type: 'diagnostic', items: [{}] });
  const strangers: Record<string, string>[] = [
    {},
    { cookie: `batchyard.session_token=${'a'.repeat(32)}.${'b'.repeat(43)}%3D` },
    { authorization: 'Bearer a-key-that-was-revoked-long-ago' },
    // A key is for the API; it opens no page.
    api.headers,
  ];
  for (const [file, route] of files.filter(([, each]) => !PUBLIC[each])) {
    for (const stranger of strangers) {
      for (const asked of ASKED) {
        const answer = await fetch(`${running.url}${route.replace('[id]', body.batchId)}`, {
          headers: { ...stranger, ...asked, connection: 'close' },
        });
        const text = await answer.text();
        const isSentAway = new URL(answer.url).pathname === '/sign-in' || text.includes('/sign-in');
        // A prefetch has the names of the parts of a page, and renders none of them.
        if (!asked['next-router-prefetch']) expect(isSentAway, `${file} answered ${answer.status}`).toBe(true);
        expect(text).not.toContain('for members only');
        expect(text).not.toContain(running.email);
      }
    }
  }
});

test('every page opens for who is signed in', async ({ page }) => {
  for (const [, route] of files) {
    const answer = await page.request.get(route.replace('[id]', NOWHERE));
    expect(answer.status(), route).toBe(200);
    expect(answer.headers()['content-security-policy'], route).toContain("frame-ancestors 'none'");
    expect(answer.headers()['cache-control'], route).toContain('no-store');
  }
});

test('the page that a browser loads first has its data, and what its router asks for has none', async ({
  page,
  api,
}) => {
  const { body } = await api.launch({ name: 'shown at once', type: 'diagnostic', items: [{}] });
  await api.post('/api/flows', { flow: { name: 'a flow at once', type: 'diagnostic', data: {} } });
  const [item] = await api.children(body.batchId);
  const shown: [route: string, ...texts: string[]][] = [
    ['/', 'shown at once', '24 h ago', 'batches at once'],
    ['/batches', 'shown at once'],
    ['/batches?query=name:shown*', 'shown at once'],
    [`/batches/${body.batchId}`, 'shown at once', `data-job="${item?.id}"`],
    ['/jobs', `/jobs/${item?.id}`],
    ['/flows', 'a flow at once'],
  ];
  for (const [route, ...texts] of shown) {
    // A server that is busy leaves out what it can't read within a second.
    await expect(async () => {
      const answer = await page.request.get(route, { headers: DOCUMENT });
      const html = (await answer.text()).replaceAll(/<script.*?<\/script>/gs, '');
      for (const text of texts) expect(html).toContain(text);
      // Only the browser can draw the cells of a matrix.
      if (!route.startsWith('/batches/')) expect(html).not.toContain('animate-pulse');
    }, route).toPass({ timeout: PATIENCE_MS });
    const routed = await page.request.get(route, { headers: { rsc: '1', accept: '*/*' } });
    expect(await routed.text(), route).not.toContain('shown at once');
  }
});

test('a page asks for little until it is live, and for no other page until its link is reached', async ({
  page,
  api,
}) => {
  const { body } = await api.launch({ name: 'asks for little', type: 'diagnostic', items: [{}] });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  for (const [route, most] of Object.entries(MOST_REQUESTS)) {
    await expect(
      async () => {
        asked.length = 0;
        await page.goto(route.replace('[id]', body.batchId));
        await expect.poll(() => asked.some((url) => url.endsWith('/api/events'))).toBe(true);
        expect(asked.slice(0, asked.findIndex((url) => url.endsWith('/api/events')) + 1).length).toBeLessThanOrEqual(
          most,
        );
      },
      `${route} asked for ${asked.join(' ')}`,
    ).toPass({ timeout: PATIENCE_MS });
    await page.waitForFunction(() => performance.getEntriesByName('load-demanded').length > 0);
    expect(
      asked.filter((url) => url.includes('_rsc=')),
      route,
    ).toEqual([]);
  }
  await page.goto('/');
  const link = page
    .getByRole('navigation', { name: 'Main navigation' })
    .getByRole('link', { name: 'Schedules' })
    .first();
  await expect(async () => {
    await link.hover();
    expect(asked.some((url) => url.includes('/schedules?_rsc='))).toBe(true);
  }).toPass({ timeout: PATIENCE_MS });
});

test('no page loads more JavaScript than its budget, and what is sent is compressed', async ({ running, page }) => {
  const bytes = new Map<string, number>();
  const over: string[] = [];
  for (const [, route] of files) {
    const answer = await page.request.get(route.replace('[id]', NOWHERE));
    expect(answer.headers()['content-encoding'], route).toBe('gzip');
    const scripts = scriptsOf(await answer.text());
    expect(scripts, route).not.toEqual([]);
    for (const source of scripts) {
      if (!bytes.has(source)) bytes.set(source, await wireBytes(new URL(source, running.url).href));
    }
    const kilobytes = scripts.reduce((sum, source) => sum + (bytes.get(source) ?? 0), 0) / 1000;
    if (kilobytes > budgetOf(route))
      over.push(`${route} loads ${kilobytes.toFixed(1)} kB, may load ${budgetOf(route)}`);
  }
  expect(over).toEqual([]);
});
