import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './failure.mjs';
import { readEvents } from './sse.mjs';

/**
 * @typedef {ReturnType<typeof createClient>} Client
 * @typedef {import('./demo-counts.mjs').Key} Count
 * @typedef {Partial<Record<Count, number>>} Counts
 * @typedef {Counts & { batchId: string, status: string }} DoneEvent
 * @typedef {{ event: 'done', data: DoneEvent }
 *   | { event: 'processing:progress', data: import('./progress-bar.mjs').BatchProgress }
 *   | { event: 'snapshot', data: unknown }} Message
 * @typedef {{ status: string }} WithStatus
 */

/**
 * The calls of the HTTP API that the demo makes. An unexpected answer ends the demo with the server's own text.
 * @param {string} url
 * @param {string} key of the API
 */
export function createClient(url, key) {
  const headers = { authorization: `Bearer ${key}` };

  /**
   * @param {string} path
   * @param {RequestInit & { headers?: Record<string, string>, expect?: number[] }} [options]
   */
  async function send(path, { expect = [200, 201], ...init } = {}) {
    const response = await fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } });
    if (expect.includes(response.status)) return response;
    const text = await response.text();
    throw new StartError(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  }
  /**
   * @template T what the API documents for the path
   * @param {string} path
   * @returns {Promise<T>}
   */
  const read = async (path) => /** @type {T} */ (await (await send(path)).json());
  /**
   * @param {string} path
   * @param {unknown} body
   * @param {number[]} [expect]
   */
  const post = (path, body, expect) =>
    send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      ...(expect ? { expect } : {}),
    });

  return {
    /**
     * @param {{ title: string, content: Buffer }} document
     * @returns {Promise<{ fileId: string }>}
     */
    upload: async ({ title, content }) => {
      const name = encodeURIComponent(title.replaceAll('/', ' '));
      const upload = {
        method: 'POST',
        body: new Uint8Array(content),
        headers: { 'content-type': 'text/markdown', 'x-filename': name },
      };
      const response = await send('/api/files', upload);
      return /** @type {Promise<{ fileId: string }>} */ (response.json());
    },
    /**
     * @param {object} batch
     * @returns {Promise<{ batchId: string }>}
     */
    launch: async (batch) => {
      const response = await post('/api/batches', batch);
      return /** @type {Promise<{ batchId: string }>} */ (response.json());
    },
    /**
     * Starts a batch. It waits for its turn while other batches hold all the capacity.
     * @param {string} batchId
     * @param {() => void} onWait
     */
    async start(batchId, onWait) {
      for (;;) {
        const response = await post(`/api/jobs/process/all/${batchId}`, {}, [200, 202, 429]);
        await response.arrayBuffer();
        if (response.status !== 429) return;
        onWait();
        await sleep(1000 * Number(response.headers.get('retry-after') ?? 2));
      }
    },
    /**
     * The stream that the browser reads, of one batch.
     * @param {string} batchId
     * @param {AbortSignal} signal
     * @returns {AsyncGenerator<Message, void>}
     */
    async *events(batchId, signal) {
      const response = await send(`/api/events?batchId=${batchId}`, { signal });
      if (response.body) yield* /** @type {AsyncGenerator<Message, void>} */ (readEvents(response.body));
    },
    /**
     * @param {string} batchId
     * @returns {AsyncGenerator<WithStatus, void>}
     */
    async *jobs(batchId) {
      /** @type {string | null} */
      let cursor = null;
      do {
        const after = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
        /** @type {{ jobs: WithStatus[], nextCursor: string | null }} */
        const page = await read(`/api/batches/${batchId}/jobs?limit=100${after}`);
        yield* page.jobs;
        cursor = page.nextCursor;
      } while (cursor);
    },
    /**
     * @param {string} batchId
     * @returns {Promise<WithStatus[]>}
     */
    async results(batchId) {
      const text = await (await send(`/api/batches/${batchId}/results?format=jsonl`)).text();
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
    /** @param {string} batchId */
    matrix: async (batchId) => new Uint8Array(await (await send(`/api/batches/${batchId}/matrix`)).arrayBuffer()),
    /**
     * @param {string} batchId
     * @returns {Promise<{ batch: Counts }>}
     */
    batch: (batchId) => read(`/api/batches/${batchId}`),
    /**
     * @param {string} batchId
     * @returns {Promise<Counts>}
     */
    status: (batchId) => read(`/api/batches/${batchId}/status`),
    /**
     * @param {string} batchId
     * @returns {Promise<{ groups: unknown[] }>}
     */
    failures: (batchId) => read(`/api/batches/${batchId}/failures`),
    /**
     * @param {string} q
     * @param {string} batchId
     * @returns {Promise<{ hits: { score: number, title: string, text: string }[] }>}
     */
    search: (q, batchId) => read(`/api/search?${new URLSearchParams({ q, limit: '3', batchId })}`),
  };
}
