import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContext, Page, Request } from '@playwright/test';
import pg from 'pg';
import { addresses } from '@/e2e/support/addresses';
import { watchPages } from '@/e2e/support/answers';
import type { Api } from '@/e2e/support/api';
import { follow } from '@/e2e/support/follow';
import { newPerson, type Person } from '@/e2e/support/new-person';
import type { Product } from '@/e2e/support/products';
import { expect, test } from '@/e2e/support/test';
import type { MemberDto } from '@/lib/contracts/member';
import type { Role } from '@/lib/contracts/permissions';

/** Stands in everything that a job brings and makes, and in the name of a file. Names of jobs and metadata are labels. */
const MARK = `contents-${randomBytes(4).toString('hex')}`;

interface Visitor {
  who: string;
  role?: Role;
  seesPayloads?: false;
  /** what the role may not do, and where the page says so */
  words: Record<string, string>;
}

const VIEWER = {
  '/batches/new': 'You can’t launch a batch',
  '/settings/members': 'Only an owner can invite people',
};
const VISITORS: readonly Visitor[] = [
  { who: 'a viewer without contents', role: 'viewer', seesPayloads: false, words: VIEWER },
  { who: 'a viewer', role: 'viewer', words: VIEWER },
  { who: 'an operator', role: 'operator', words: { '/settings/members': 'Only an owner can invite people' } },
  { who: 'an administrator', role: 'admin', words: { '/settings/members': 'Only an owner can invite people' } },
  { who: 'an owner', role: 'owner', words: {} },
  { who: 'a system administrator', words: {} },
];

/** Adds a batch whose job failed, a flow, and a file, with the mark in all that is contents. */
async function plant(api: Api, databaseUrl: string | undefined) {
  const { fileId } = (await api.upload(`${MARK}.txt`, MARK)).body;
  const { batchId } = (
    await api.launch({
      name: 'seen by everybody',
      type: 'diagnostic',
      items: [{ outcome: 'fail', payload: MARK }, { payload: MARK }],
      options: { maxAttempts: 1 },
    })
  ).body;
  await api.finished(batchId);
  const jobId = (await api.children(batchId))[0]?.id ?? '';
  const flow = await api.post<{ flowIds: string[] }>('/api/flows', {
    flow: {
      name: 'a flow',
      type: 'diagnostic',
      data: { payload: MARK },
      children: [{ name: 'a', type: 'diagnostic', data: { payload: MARK } }],
    },
  });
  const made = await api.post<{ schedule: { id: string } }>('/api/schedules', {
    name: 'a schedule',
    cron: '0 2 * * *',
    timeZone: 'Europe/Berlin',
    launch: { job: { type: 'diagnostic', data: { payload: MARK } } },
  });
  const estimate = await api.post<{ token: string }>('/api/bulk-actions', {
    action: 'discard',
    jobIds: [jobId],
    note: 'planted',
    dry: true,
  });
  const acted = await api.post<{ bulkAction: { id: string } }>('/api/bulk-actions', { token: estimate.body.token });
  const database = new pg.Client(databaseUrl);
  await database.connect();
  try {
    // What only workers write.
    const error = JSON.stringify({ message: `no answer for ${MARK}`, code: 'odd', stack: MARK });
    await database.query(`update job set error = $2, warnings = $3, result = $4, progress = $5 where id = $1`, [
      jobId,
      error,
      JSON.stringify([{ code: 'odd', message: MARK }]),
      JSON.stringify({ text: MARK }),
      JSON.stringify({ current: 1, total: 2, message: MARK }),
    ]);
    await database.query(`update attempt set error = $2 where job_id = $1`, [jobId, error]);
    await database.query(
      `insert into job_log (job_id, attempt, at, level, message) values ($1, 1, now(), 'error', $2)`,
      [jobId, MARK],
    );
  } finally {
    await database.end();
  }
  return {
    batches: batchId,
    jobs: jobId,
    flows: flow.body.flowIds[0] ?? '',
    files: fileId,
    schedules: made.body.schedule.id,
    'bulk-actions': acted.body.bulkAction.id,
  };
}

async function account(api: Api, running: Product, { role, seesPayloads }: Visitor): Promise<Person> {
  if (!role) return running;
  const person = await newPerson(api, role);
  if (seesPayloads === undefined) return person;
  const { members } = (await api.get<{ members: MemberDto[] }>('/api/members')).body;
  const member = members.find(({ email }) => email === person.email);
  expect((await api.call('PATCH', `/api/members/${member?.id}`, { role, seesPayloads })).status).toBe(200);
  return person;
}

async function signIn(browser: Browser, { url }: Product, { email, password }: Person): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, storageState: { cookies: [], origins: [] } });
  const data = { email, password };
  const answer = await context.request.post('/api/auth/sign-in/email', { data, headers: { origin: url } });
  expect(answer.status()).toBe(200);
  return context;
}

/** Collects what goes wrong on a page: errors in its console, and refused or failed requests. */
function complaintsOf(page: Page): string[] {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(`${page.url()} ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`${page.url()} ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400)
      found.push(`${page.url()} ${response.request().method()} ${response.url()} ${response.status()}`);
  });
  return found;
}

/** @returns waits until nothing is under way but the event stream */
function watchRequests(page: Page): () => Promise<void> {
  const open = new Set<Request>();
  page.on('request', (request) => {
    if (!request.url().includes('/api/events')) open.add(request);
  });
  const end = (request: Request) => open.delete(request);
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  return () => expect.poll(() => [...open].map((request) => request.url())).toEqual([]);
}

/** Uses every button of the page that is there: what is offered is allowed. */
async function useButtons(
  page: Page,
  address: string,
  open: typeof follow,
  settled: () => Promise<void>,
): Promise<void> {
  const buttons = page.getByRole('main').getByRole('button');
  // Only pages with the navigation load more when they are idle.
  const frame = page.getByRole('navigation', { name: 'Main navigation' }).first();
  for (let index = 0; index < (await buttons.count()); index += 1) {
    const button = buttons.nth(index);
    // What the last click removed is there no more, and is not waited for.
    const isUsable = (await button.isVisible()) && (await button.isEnabled({ timeout: 10_000 }).catch(() => false));
    if (!isUsable) continue;
    // What is loaded only when it is asked for would open after Escape, and cover the next button.
    if (await frame.isVisible()) {
      await page.waitForFunction(() => performance.getEntriesByName('load-demanded').length > 0);
      await settled();
    }
    await button.click({ timeout: 30_000 }).catch(async (error) => {
      if (await button.isVisible()) throw error;
    });
    await page.keyboard.press('Escape');
    if (new URL(page.url()).pathname !== address) await open(page, address);
  }
}

for (const visitor of VISITORS) {
  test(`every page serves ${visitor.who}, and offers nothing that is refused`, async ({ browser, api, running }) => {
    const ids = await plant(api, running.databaseUrl);
    const context = await signIn(browser, running, await account(api, running, visitor));
    const differences = watchPages(context, running);
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const settled = watchRequests(page);
    const isBlind = visitor.seesPayloads === false;
    // What the server renders is looked at where nothing of the contents may be in it.
    const open = isBlind ? async (on: Page, address: string) => void (await on.goto(address)) : follow;
    let shown = 0;
    for (const address of addresses(ids)) {
      await open(page, address);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await settled();
      const words = visitor.words[address];
      if (words) await expect(page.getByText(words)).toBeVisible();
      if (visitor.role === 'viewer') await useButtons(page, address, open, settled);
      const text = await page.content();
      if (text.includes(MARK)) shown += 1;
      if (isBlind) expect(text, address).not.toContain(MARK);
    }
    await page.goto(`/batches/${ids.batches}?job=${ids.jobs}`);
    for (const tab of await page.getByRole('dialog').getByRole('tab').all()) {
      await tab.click();
      if (isBlind) await expect(page.locator('body')).not.toContainText(MARK);
    }
    expect(complaints).toEqual([]);
    expect(shown > 0).toBe(!isBlind);
    expect(await differences()).toEqual([]);
    await context.close();
  });
}
