import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './failure.mjs';
import { readEvents } from './sse.mjs';

/** The few calls of the HTTP API that the demo makes; anything unexpected ends it with the server's own words. */
export function createClient(url, key) {
  const headers = { authorization: `Bearer ${key}` };

  async function send(path, { expect = [200, 201], ...init } = {}) {
    const response = await fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } });
    if (expect.includes(response.status)) return response;
    const text = await response.text();
    throw new StartError(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  }
  const read = async (path) => (await send(path)).json();
  const post = (path, body, expect) =>
    send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      ...(expect ? { expect } : {}),
    });

  return {
    read,
    upload: async ({ title, content }) => {
      const name = encodeURIComponent(title.replaceAll('/', ' '));
      const upload = {
        method: 'POST',
        body: content,
        headers: { 'content-type': 'text/markdown', 'x-filename': name },
      };
      return (await send('/api/files', upload)).json();
    },
    launch: async (batch) => (await post('/api/batches', batch)).json(),
    /** Starts a batch, waiting for its turn when others hold all the capacity. */
    async start(batchId, onWait) {
      for (;;) {
        const response = await post(`/api/jobs/process/all/${batchId}`, {}, [200, 202, 429]);
        await response.arrayBuffer();
        if (response.status !== 429) return;
        onWait();
        await sleep(1000 * Number(response.headers.get('retry-after') ?? 2));
      }
    },
    /** The stream that the browser reads, of one batch. */
    async *events(batchId, signal) {
      const response = await send(`/api/events?batchId=${batchId}`, { signal });
      yield* readEvents(response.body);
    },
    async *jobs(batchId) {
      let cursor = null;
      do {
        const after = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
        const page = await read(`/api/batches/${batchId}/jobs?limit=100${after}`);
        yield* page.jobs;
        cursor = page.nextCursor;
      } while (cursor);
    },
    async results(batchId) {
      const text = await (await send(`/api/batches/${batchId}/results?format=jsonl`)).text();
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
    matrix: async (batchId) => new Uint8Array(await (await send(`/api/batches/${batchId}/matrix`)).arrayBuffer()),
    search: async (q, batchId) => (await read(`/api/search?${new URLSearchParams({ q, limit: '3', batchId })}`)).hits,
  };
}
