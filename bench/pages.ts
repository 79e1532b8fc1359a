import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { chromiumArgs, chromiumPath } from '@/e2e/support/browser';
import { budgetOf } from '@/e2e/support/weight';
import { FLOW_EXAMPLES } from '@/lib/contracts/flow-examples';
import { must } from '@/lib/contracts/must';
import { until } from '@/lib/testing/until';
import { middle, spread } from './figures';
import { publish, table } from './report';
import { database, launchOverHttp, serve, startAndFollow } from './served';

/** Measures what the pages load, and how soon they are there. `npm run bench -- pages <children> <rounds>` */
const [children, rounds] = process.argv.slice(2).map(Number) as [number, number];
const SLOWER = 4;
/** A task that takes longer keeps the page from answering. */
const LONG_TASK_MS = 50;
const QUIET_MS = 1000;
/** Set by components/ui/on-demand.tsx. */
const IDLE_MARK = 'load-demanded';

interface Route {
  name: string;
  /** as in the budgets */
  route: string;
  path: string;
  /** nobody is signed in */
  stranger?: boolean;
}

interface Load {
  /** kilobytes of JavaScript on the wire until the page is idle, and after it */
  first: number;
  later: number;
  requests: number;
  lcpMs: number;
  blockedMs: number;
}

const served = await serve({ redis: false });
const { product, call } = served;

async function fill(): Promise<Route[]> {
  const batchId = await launchOverHttp(served, children);
  await startAndFollow(served, batchId, new Map());
  const { jobs } = (await (await call(`/api/batches/${batchId}/jobs?limit=1`)).json()) as { jobs: { id: string }[] };
  const { flowIds } = (await (
    await call('/api/flows', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ flow: must(FLOW_EXAMPLES.at(-1), 'The last example').flow }),
    })
  ).json()) as { flowIds: string[] };
  return [
    { name: 'sign-in', route: '/sign-in', path: '/sign-in', stranger: true },
    { name: 'overview', route: '/', path: '/' },
    { name: 'list of batches', route: '/batches', path: '/batches' },
    { name: 'list of jobs', route: '/jobs', path: '/jobs' },
    { name: 'batch', route: '/batches/[id]', path: `/batches/${batchId}` },
    { name: 'job', route: '/jobs/[id]', path: `/jobs/${must(jobs[0], 'The first job').id}` },
    { name: 'launch', route: '/batches/new', path: '/batches/new?type=diagnostic' },
    { name: 'list of flows', route: '/flows', path: '/flows' },
    { name: 'flow graph', route: '/flows/[id]', path: `/flows/${must(flowIds[0], 'The flow')}` },
    { name: 'composer', route: '/flows/new', path: '/flows/new' },
    { name: 'settings', route: '/settings/profile', path: '/settings/profile' },
  ];
}

/** Runs in the page before its own scripts. */
function observe(): void {
  const seen = { lcpMs: 0, tasks: [] as { at: number; ms: number }[] };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcpMs = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.tasks.push({ at: entry.startTime, ms: entry.duration });
  }).observe({ type: 'longtask', buffered: true });
}

/** What the page knows of its own load. Runs in the page, in which no helper of the compiler exists. */
function look(mark: string) {
  const { seen } = globalThis as unknown as { seen: { lcpMs: number; tasks: { at: number; ms: number }[] } };
  return {
    ...seen,
    origin: performance.timeOrigin,
    idleAt: performance.getEntriesByName(mark)[0]?.startTime ?? null,
    paintedAt: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    loaded: (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).map((entry) => ({
      name: entry.name,
      at: entry.startTime,
      bytes: entry.encodedBodySize,
    })),
  };
}

function asLoad({ loaded, tasks, paintedAt, idleAt, lcpMs, origin }: ReturnType<typeof look>, asked: Asked): Load {
  const until = idleAt ?? Number.POSITIVE_INFINITY;
  const scripts = loaded.filter(({ name }) => /\.js(\?|$)/.test(name));
  const kilobytes = (some: typeof scripts) => some.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
  return {
    first: kilobytes(scripts.filter(({ at }) => at < until)),
    later: kilobytes(scripts.filter(({ at }) => at >= until)),
    requests: asked.until(origin + until),
    lcpMs,
    blockedMs: tasks.filter(({ at }) => at >= paintedAt).reduce((sum, { ms }) => sum + ms - LONG_TASK_MS, 0),
  };
}

/** Loads a page with an empty cache, until nothing is asked for and nothing runs for a second. */
async function load(browser: Browser, cookies: Cookies, route: Route, slower: number): Promise<Load> {
  const context = await browser.newContext({ baseURL: product.url, viewport: { width: 1360, height: 900 } });
  try {
    if (!route.stranger) await context.addCookies(cookies);
    const page = await context.newPage();
    if (slower > 1) {
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
    }
    await page.addInitScript(observe);
    const asked = requestsOf(page);
    await page.goto(route.path);
    if (!route.stranger) await page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, IDLE_MARK);
    await until('the page is quiet', () => asked.quietFor(QUIET_MS), { timeoutMs: 120_000, everyMs: 100 });
    return asLoad(await page.evaluate(look, IDLE_MARK), asked);
  } finally {
    await context.close();
  }
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;
type Asked = ReturnType<typeof requestsOf>;

/** The times of a page's requests. */
function requestsOf(page: Page) {
  const times: number[] = [];
  page.on('request', () => times.push(Date.now()));
  return {
    quietFor: (ms: number) => Date.now() - (times.at(-1) ?? Date.now()) > ms,
    until: (moment: number) => times.filter((at) => at < moment).length,
  };
}

async function signIn(browser: Browser): Promise<Cookies> {
  const context = await browser.newContext({ baseURL: product.url, extraHTTPHeaders: { origin: product.url } });
  const { email, password } = product;
  const answer = await context.request.post('/api/auth/sign-in/email', { data: { email, password } });
  if (!answer.ok()) throw new Error(`The sign-in was answered with ${answer.status()}`);
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

const loads = new Map<Route, { plain: Load[]; slow: Load[] }>();
const executablePath = chromiumPath();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: chromiumArgs() });
try {
  const routes = await fill();
  const cookies = await signIn(browser);
  // The first load of each compiles and caches on the server.
  for (const route of routes) await load(browser, cookies, route, 1);
  for (let round = 0; round < rounds; round += 1) {
    for (const route of routes) {
      const { plain, slow } = loads.get(route) ?? { plain: [], slow: [] };
      plain.push(await load(browser, cookies, route, 1));
      slow.push(await load(browser, cookies, route, SLOWER));
      loads.set(route, { plain, slow });
    }
  }
} finally {
  await browser.close();
  await (await database()).end();
  await served.stop();
}

const of = (all: Load[], what: keyof Load) => all.map((each) => each[what]);

publish(
  'pages',
  `## What the pages load

\`npm run bench -- pages ${children} ${rounds}\`: each page ${rounds} times with an empty cache in Chromium on the machine that also serves, with one finished
batch of ${children.toLocaleString('en')} items; medians, in brackets the least and the most. JavaScript is the bodies on the wire, in kB of 1000 bytes (Brotli),
first what the page needs, then what it loads two seconds later, when it is idle (menus, dialogs, tooltips). LCP is the
largest contentful paint, TBT the time above ${LONG_TASK_MS} ms of all tasks after the first paint, both in ms, and “${SLOWER}×” with a processor that
is ${SLOWER} times slower. The budget is what a page may load at first (\`e2e/support/weight.ts\`).

${table(
  ['page', 'kB', 'budget', 'kB idle', 'requests', 'LCP', `LCP ${SLOWER}×`, 'TBT', `TBT ${SLOWER}×`],
  [...loads].map(([{ name, route }, { plain, slow }]) => [
    name,
    middle(of(plain, 'first')).toFixed(1),
    String(budgetOf(route)),
    middle(of(plain, 'later')).toFixed(1),
    String(middle(of(plain, 'requests'))),
    spread(of(plain, 'lcpMs')),
    spread(of(slow, 'lcpMs')),
    spread(of(plain, 'blockedMs')),
    spread(of(slow, 'blockedMs')),
  ]),
)}
`,
);
process.exit(0);
