import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { env } from '@/lib/config/env';
import { callEndpoint, type EndpointOptions } from './call';
import {
  listOf,
  type RemoteCheckpoint,
  type RemoteEvent,
  type RemoteJob,
  remoteCheckpoint,
  remoteEvent,
  remoteFile,
  remoteJob,
} from './protocol';

/** The metadata key of a remote job that contains the id of our job. */
export const MARK = 'batchyard_job';
const PAGE = 100;
/** The maximum number of pages that a search reads: the searched entry is recent. */
const MAX_PAGES = 20;
const UPLOAD_TIMEOUT_MS = 30 * 60 * 1000;

/** The fine-tuning client of any OpenAI-compatible endpoint. Each method is one call; the caller waits and retries. */
export class FineTuningEndpoint {
  readonly baseUrl: string;
  readonly #options: EndpointOptions;

  constructor(options: EndpointOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#options = options;
  }

  /** Streams a file to the endpoint. @returns the id of the file there */
  async upload(
    file: { name: string; size: number; body: AsyncIterable<Uint8Array> },
    signal: AbortSignal,
  ): Promise<string> {
    const edge = `batchyard-${randomBytes(16).toString('hex')}`;
    const head = Buffer.from(
      `--${edge}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n` +
        `--${edge}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\n` +
        'content-type: application/jsonl\r\n\r\n',
    );
    const tail = Buffer.from(`\r\n--${edge}--\r\n`);
    async function* form() {
      yield head;
      yield* file.body;
      yield tail;
    }
    const { id } = await callEndpoint(this.#options, '/files', remoteFile, signal, {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${edge}`,
        'content-length': String(head.length + file.size + tail.length),
      },
      body: form(),
      timeoutMs: UPLOAD_TIMEOUT_MS,
    });
    return id;
  }

  /** Returns the id of a file that was uploaded under this name, if there is one. */
  async findFile(name: string, signal: AbortSignal): Promise<string | undefined> {
    const found = await this.#search('/files?purpose=fine-tune', remoteFile, (file) => file.filename === name, signal);
    return found?.id;
  }

  /** @param key the idempotency key: endpoints that support the header start the job once */
  start(body: Record<string, unknown>, key: string, signal: AbortSignal): Promise<RemoteJob> {
    return callEndpoint(this.#options, '/fine_tuning/jobs', remoteJob, signal, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
  }

  /** Finds a job by our metadata key, or by its training file, which is used for this job only. */
  findJob(mark: string, fileId: string, signal: AbortSignal): Promise<RemoteJob | undefined> {
    const ours = (job: RemoteJob) => job.metadata?.[MARK] === mark || job.training_file === fileId;
    return this.#search('/fine_tuning/jobs?', remoteJob, ours, signal);
  }

  read(id: string, signal: AbortSignal): Promise<RemoteJob> {
    return callEndpoint(this.#options, `/fine_tuning/jobs/${encodeURIComponent(id)}`, remoteJob, signal);
  }

  /** Returns the events whose ids are not in `seen`, oldest first. Endpoints return the newest first. */
  async eventsSince(id: string, seen: ReadonlySet<string>, signal: AbortSignal): Promise<RemoteEvent[]> {
    const fresh: RemoteEvent[] = [];
    const path = `/fine_tuning/jobs/${encodeURIComponent(id)}/events?`;
    await this.#search(
      path,
      remoteEvent,
      (event) => {
        if (seen.has(event.id)) return true;
        fresh.push(event);
        return false;
      },
      signal,
    );
    return fresh.sort((a, b) => a.created_at - b.created_at || stepOf(a) - stepOf(b));
  }

  async checkpoints(id: string, signal: AbortSignal): Promise<RemoteCheckpoint[]> {
    const path = `/fine_tuning/jobs/${encodeURIComponent(id)}/checkpoints?limit=${PAGE}`;
    return (await callEndpoint(this.#options, path, listOf(remoteCheckpoint), signal)).data;
  }

  cancel(id: string, signal: AbortSignal): Promise<RemoteJob> {
    return callEndpoint(this.#options, `/fine_tuning/jobs/${encodeURIComponent(id)}/cancel`, remoteJob, signal, {
      method: 'POST',
    });
  }

  async #search<T extends { id: string }>(
    path: string,
    item: z.ZodType<T>,
    wanted: (item: T) => boolean,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    let after = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const { data, has_more: more } = await callEndpoint(
        this.#options,
        `${path}${path.endsWith('?') ? '' : '&'}limit=${PAGE}${after}`,
        listOf(item),
        signal,
      );
      const found = data.find(wanted);
      const last = data.at(-1)?.id;
      if (found || !more || !last) return found;
      after = `&after=${encodeURIComponent(last)}`;
    }
    return undefined;
  }
}

const stepOf = ({ data }: RemoteEvent): number => (typeof data?.step === 'number' ? data.step : 0);

/** Returns the client of the configured endpoint; undefined if none is configured. */
export function configuredEndpoint(): FineTuningEndpoint | undefined {
  const { FINE_TUNING_BASE_URL: baseUrl, FINE_TUNING_API_KEY: apiKey } = env();
  return baseUrl ? new FineTuningEndpoint({ baseUrl, apiKey }) : undefined;
}
