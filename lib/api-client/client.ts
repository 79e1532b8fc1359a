import type { BatchDto, LaunchFields, LaunchResult } from '@/lib/contracts/batch';
import type { FileDto } from '@/lib/contracts/file';
import type { JobDto } from '@/lib/contracts/job';
import type { ItemOf, TypeName } from '@/lib/contracts/typed-names';
import { type LogLine, readLogs } from './logs';
import { ApiError, sender } from './send';
import { type BatchEvent, watchBatch } from './watch';

export { ApiError, type BatchEvent, type LogLine };

/** What a launch says beside its items. The names of types are checked where they are declared, as in `.batchyard/types.d.ts`. */
export type Launch<Name extends TypeName = TypeName> = { type: Name } & Pick<LaunchFields, 'name'> &
  Partial<Omit<LaunchFields, 'name' | 'type'>>;
export type Items<Item = unknown> = Iterable<Item> | AsyncIterable<Item>;

/** One row of the results of a batch. */
export interface ResultRow {
  status: string;
  result: unknown;
  [column: string]: unknown;
}

export interface LaunchOptions {
  idempotencyKey?: string;
}

export interface ClientOptions {
  /** of the dashboard, such as `https://batchyard.example.org` */
  url: string;
  /** an API key */
  key: string;
}

export type Client = ReturnType<typeof createClient>;

/**
 * Calls the HTTP API. Every call may throw an `ApiError` with the `code` that the API documents.
 */
export function createClient({ url, key }: ClientOptions) {
  const base = url.replace(/\/+$/, '');
  const send = sender(base, key);
  const json = async <T>(path: string, init?: Parameters<typeof send>[1]): Promise<T> =>
    (await (await send(path, init)).json()) as T;
  const of = (batchId: string) => `/api/batches/${encodeURIComponent(batchId)}`;
  const readBatch = async (batchId: string, signal?: AbortSignal) =>
    (await json<{ batch: BatchDto }>(of(batchId), signal ? { signal } : {})).batch;

  const launchStream = (
    launch: Launch,
    body: ReadableStream<Uint8Array>,
    contentType: 'text/csv' | 'application/x-ndjson',
    { idempotencyKey }: LaunchOptions = {},
  ) =>
    json<LaunchResult>(`/api/batches?batch=${encodeURIComponent(JSON.stringify(launch))}`, {
      method: 'POST',
      headers: { 'content-type': contentType, ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}) },
      body,
    });

  return {
    /**
     * Launches a batch. Items are sent as they come, so there may be millions.
     * @param idempotencyKey the same key and the same items return the same batch, so a launch can be repeated
     */
    launch: <Name extends TypeName>(launch: Launch<Name>, items: Items<ItemOf<Name>>, options?: LaunchOptions) =>
      launchStream(launch, linesOf(items), 'application/x-ndjson', options),
    /** Launches a batch of a stored table: CSV with a header line, or NDJSON. */
    launchStream,
    batch: (batchId: string) => readBatch(batchId),
    job: async (jobId: string) => (await json<{ job: JobDto }>(`/api/jobs/${encodeURIComponent(jobId)}`)).job,
    /**
     * Reads the log of a job or of a batch, item by item.
     * @param follow goes on with what is written until it ends, also over outages of the server
     */
    logs: (id: string, { follow = false, signal }: { follow?: boolean; signal?: AbortSignal } = {}) =>
      readLogs(json, id, follow, signal),
    /** Follows a batch to its end, also over lost connections and restarts of the server. */
    watch: (batchId: string, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<BatchEvent, void> =>
      watchBatch(send, batchId, (within) => readBatch(batchId, within), signal),
    /** Waits for the end of a batch. */
    async wait(batchId: string, options: { signal?: AbortSignal } = {}): Promise<BatchDto> {
      for await (const { event, data } of this.watch(batchId, options)) if (event === 'done') return data;
      throw new Error('The end of the batch was not seen.');
    },
    /** Reads the results of a batch, in the order of its items. */
    async *results(batchId: string): AsyncGenerator<ResultRow, void> {
      const response = await send(`${of(batchId)}/results?format=jsonl`);
      for await (const line of textLines(response)) yield JSON.parse(line) as ResultRow;
    },
    /** Stores a file. Its id is the `fileId` of an item. */
    upload: (name: string, body: Blob | Uint8Array | string, { contentType = 'application/octet-stream' } = {}) =>
      json<FileDto>('/api/files', {
        method: 'POST',
        headers: { 'content-type': contentType, 'x-filename': encodeURIComponent(name) },
        body: body as BodyInit,
      }),
    /** The failed items of a batch, in groups of one error each. */
    errors: (batchId: string) =>
      json<{ groups: { message: string; code?: string; count: number }[] }>(`${of(batchId)}/failures`),
    /** Runs failed or cancelled items again. */
    retry: (batchId: string, only: 'failed' | 'cancelled' = 'failed') =>
      json<object>(`${of(batchId)}/retry`, { method: 'POST', json: { only } }),
    /** @param force aborts also what runs */
    cancel: async (batchId: string, { force = false } = {}) =>
      (await json<{ batch: BatchDto }>(`${of(batchId)}/cancel`, { method: 'POST', json: { force } })).batch,
  };
}

/** NDJSON, sent as the items come. */
function linesOf(items: Items): ReadableStream<Uint8Array> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      for (let text = ''; ; ) {
        const { done, value } = await iterator.next();
        if (!done) text += `${JSON.stringify(value)}\n`;
        if (text && (done || text.length > 65_536)) controller.enqueue(encoder.encode(text));
        if (done) return controller.close();
        if (text.length > 65_536) return;
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

async function* textLines(response: Response): AsyncGenerator<string, void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line) yield line;
  }
  if (rest) yield rest;
}
