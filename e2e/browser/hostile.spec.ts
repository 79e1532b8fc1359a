import type { Page } from '@playwright/test';
import pg from 'pg';
import { addresses } from '@/e2e/support/addresses';
import type { Api } from '@/e2e/support/api';
import { follow } from '@/e2e/support/follow';
import { expect, test } from '@/e2e/support/test';
import { must } from '@/lib/contracts/must';
import { until } from '@/lib/testing/until';

// A job that carries everything that has ever broken a page, an export or a stream, in each field that a person or a
// worker fills. Nothing of it may become an element, a script, a request, a header or a formula.
const FOREIGN = 'foreign.invalid';
const MARK = 'hostile-mark';
const SCRIPTS = [
  `<script data-${MARK}>window.hostile=1</script>`,
  `<img data-${MARK} src="http://${FOREIGN}/a.png" onerror="window.hostile=1">`,
  `"><svg data-${MARK} onload=window.hostile=1>`,
  `</textarea></title></style><iframe data-${MARK} src="javascript:parent.hostile=1"></iframe>`,
  `[link](javascript:window.hostile=1) ![](http://${FOREIGN}/b.png)`,
  `javascript:window.hostile=1`,
  '{{constructor.constructor("window.hostile=1")()}}',
  '\u202Egpj.exe\u202C \u001b[31mred\u001b[0m \u0007\u0000'.replaceAll('\u0000', ''),
  `\r\nset-cookie: ${MARK}=1\r\n\r\ndata: {"${MARK}":1}\n\nevent: ${MARK}\n`,
  '=HYPERLINK("http://foreign.invalid","x")',
  '@SUM(1+1)',
];
const TEXT = SCRIPTS.join(' ');
const LONG = `${TEXT}${'x'.repeat(1024 ** 2)}`;

/** Fills in what only workers write, as a worker with hostile input would. */
async function fillIn(databaseUrl: string | undefined, batchId: string, jobId: string): Promise<void> {
  const database = new pg.Client(databaseUrl);
  await database.connect();
  try {
    const error = JSON.stringify({ message: TEXT, code: MARK, stack: LONG });
    const warnings = JSON.stringify([{ code: MARK, message: TEXT }]);
    await database.query(
      `update job set error = $2, result = $3, warnings = $4, name = $5, description = $5, progress = $6 where id = $1`,
      [
        jobId,
        error,
        JSON.stringify({ text: TEXT, rows: [{ [TEXT]: LONG }] }),
        warnings,
        TEXT,
        JSON.stringify({ current: 1, total: 2, message: TEXT }),
      ],
    );
    await database.query(`update batch set name = $2, stop_reason = $2, unique_key = $2, warned = 1 where id = $1`, [
      batchId,
      TEXT,
    ]);
    for (const message of [...SCRIPTS, LONG]) {
      await database.query(
        `insert into job_log (job_id, attempt, at, level, message) values ($1, 1, now(), 'error', $2)`,
        [jobId, message],
      );
    }
  } finally {
    await database.end();
  }
}

/** Adds a batch whose first job failed, a flow, a file and a mapping, all of them hostile. */
async function plant(api: Api, databaseUrl: string | undefined) {
  const metadata = { [TEXT.slice(0, 500)]: TEXT, url: 'javascript:window.hostile=1' };
  const { body } = await api.launch({
    name: TEXT.slice(0, 200),
    type: 'diagnostic',
    metadata,
    items: [{ outcome: 'fail', payload: { text: TEXT, long: LONG } }, ...SCRIPTS.map((payload) => ({ payload }))],
  });
  const { batchId } = body;
  await api.finished(batchId);
  const [first] = await api.children(batchId);
  const jobId = must(first, 'The first job').id;
  await fillIn(databaseUrl, batchId, jobId);
  const flow = await api.post<{ flowIds: string[] }>('/api/flows', {
    flow: {
      name: TEXT.slice(0, 200),
      type: 'diagnostic',
      data: { payload: TEXT },
      children: [{ name: SCRIPTS[1], type: 'diagnostic', data: {} }],
    },
  });
  const schedule = await api.post<{ schedule: { id: string } }>('/api/schedules', {
    name: TEXT.slice(0, 200),
    cron: '0 2 * * *',
    timeZone: 'Europe/Berlin',
    paused: true,
    launch: { job: { name: SCRIPTS[1], type: 'diagnostic', data: { payload: TEXT } } },
  });
  const estimate = await api.post<{ token: string }>('/api/bulk-actions', {
    action: 'discard',
    query: `batch:${body.batchId} -name:"${SCRIPTS[1]?.replaceAll('"', '\\"')}"`,
    note: TEXT.slice(0, 200),
    dry: true,
  });
  const acted = await api.post<{ bulkAction: { id: string } }>('/api/bulk-actions', { token: estimate.body.token });
  const file = await api.upload(`${TEXT.slice(0, 150)}.html`, `<script>parent.hostile=1</script>${TEXT}`);
  return {
    batchId,
    jobId,
    flowId: must(flow.body.flowIds[0], 'The flow'),
    fileId: file.body.fileId,
    scheduleId: schedule.body.schedule.id,
    bulkActionId: acted.body.bulkAction.id,
  };
}

/** Fails as soon as the browser asks another host, shows a dialog, or runs what a job brought. */
function watch(page: Page): () => Promise<void> {
  const seen: string[] = [];
  const own = () => new URL(page.url()).host;
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && page.url() !== 'about:blank' && host !== own())
      seen.push(`request ${request.url()}`);
  });
  return async () => {
    const found = await page.evaluate(
      (mark) => ({
        elements: document.querySelectorAll(`[data-${mark}]`).length,
        links: [...document.querySelectorAll('a[href], form[action], iframe')].filter((each) =>
          /^\s*javascript:/i.test(
            each.getAttribute('href') ?? each.getAttribute('action') ?? each.getAttribute('src') ?? '',
          ),
        ).length,
        ran: 'hostile' in window,
      }),
      MARK,
    );
    expect({ ...found, seen }, page.url()).toEqual({ elements: 0, links: 0, ran: false, seen: [] });
  };
}

/** Waits until a page shows what was planted, where it lists or describes it. */
async function shown(page: Page, address: string): Promise<void> {
  const isAbout = /^\/(batches|jobs|flows)(\/|$)/.test(address) && !address.endsWith('/new');
  if (isAbout) await expect(page.getByText('<script').first()).toBeVisible();
  else await expect(page.getByRole('heading').first()).toBeVisible();
}

test('a hostile job is text on every page', async ({ page, api, running }) => {
  const planted = await plant(api, running.databaseUrl);
  const isInert = watch(page);
  const { batchId, jobId, flowId, scheduleId, bulkActionId } = planted;
  const ids = { batches: batchId, jobs: jobId, flows: flowId, schedules: scheduleId, 'bulk-actions': bulkActionId };
  for (const address of addresses(ids)) {
    await follow(page, address);
    await shown(page, address);
    await isInert();
  }
  // What opens only on demand: the dialog of the job, its input and result, its log.
  await page.goto(`/batches/${batchId}`);
  await page.getByRole('region', { name: 'Items', exact: true }).getByRole('link').first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  for (const tab of await page.getByRole('dialog').getByRole('tab').all()) {
    await tab.click();
    await isInert();
  }
  await page.goto(`/jobs?q=${encodeURIComponent(SCRIPTS[1] ?? '')}`);
  await shown(page, '/jobs');
  await isInert();
  // A file that claims to be a page is saved, and never shown.
  const saved = page.waitForEvent('download');
  await page.goto(`/api/files/${planted.fileId}`).catch(() => undefined);
  expect((await saved).suggestedFilename()).not.toMatch(/[\r\n<>"/\\\u202e]/);
});

test('a hostile job is data in every export and stream', async ({ api, running }) => {
  const { batchId, jobId, fileId } = await plant(api, running.databaseUrl);
  const downloads = ['jsonl', 'csv', 'xlsx'].flatMap((format) => [
    `/api/batches/${batchId}/results?format=${format}`,
    `/api/batches/${batchId}/results?format=${format}&layout=table`,
    `/api/batches/${batchId}/errors?format=${format}`,
  ]);
  for (const path of [...downloads, `/api/audit?format=csv`, `/api/files/${fileId}`]) {
    const response = await api.raw('GET', path);
    const text = await response.text();
    expect(response.status, path).toBe(200);
    expect(response.headers.get('set-cookie'), path).toBeNull();
    expect(response.headers.get('content-disposition'), path).toMatch(
      /^attachment; filename="[^"\r\n]*"; filename\*=UTF-8''[\w.%~!-]*$/,
    );
    expect(response.headers.get('x-content-type-options'), path).toBe('nosniff');
    // A spreadsheet runs a cell that begins with one of these.
    if (/format=csv/.test(path)) expect(text.match(/(^|[,\n]|,")(=HYPER|@SUM)/), path).toBeNull();
    if (/format=jsonl/.test(path)) for (const line of text.trimEnd().split('\n')) JSON.parse(line);
  }
  const reader = await api.events(`?batchId=${batchId}&jobId=${jobId}`);
  const snapshot = await reader.until('snapshot');
  expect(snapshot.data.batches[0]?.name).toContain('<script');
  expect((await api.post(`/api/jobs/${jobId}/retry`, {})).status).toBe(200);
  // A quick run is seen only by its end.
  await until('an event of the job', () =>
    reader.seen.some(
      ({ event, data }) => (event === 'job-update' || event === 'job-failed') && 'job' in data && data.job.id === jobId,
    ),
  );
  // Each event is one of ours: nothing in a text began another one.
  expect(reader.seen.map(({ event }) => String(event)).filter((event) => event.includes(MARK))).toEqual([]);
  reader.close();
});
