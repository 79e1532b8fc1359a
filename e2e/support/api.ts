import type { BatchAnswer, BatchDto, LaunchResult } from '@/lib/contracts/batch';
import type { Problem } from '@/lib/contracts/errors';
import type { FileDto } from '@/lib/contracts/file';
import type { JobDetailAnswer, JobDetailDto, JobList, JobSummaryDto } from '@/lib/contracts/job';
import type { SearchHit, SearchHits } from '@/lib/contracts/search';
import { isFinished, isTerminal } from '@/lib/contracts/status';
import type { CapacityDto } from '@/lib/contracts/system';
import { eventually } from '@/lib/testing/until';
import { differs, isJson } from './answers';
import { EventReader } from './events';
import type { Product } from './products';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

type Json = Record<string, unknown>;

/** What a launch answers, accepted or refused. */
type LaunchAnswer = Omit<LaunchResult, 'status'> & Pick<Problem, 'code' | 'errors'>;

/** What an engineer would write against the HTTP API in an afternoon. */
export class Api {
  constructor(
    readonly product: Product,
    private readonly key: string | null = product.apiKey,
  ) {}

  get headers(): Record<string, string> {
    return this.key === null ? {} : { authorization: `Bearer ${this.key}` };
  }

  /** The same calls with another key, or with none. */
  as(key: string | null): Api {
    return new Api(this.product, key);
  }

  /**
   * One call, with a connection of its own: one that idled since another journey could be closed when it is used again.
   * @throws Error if the answer is not as the OpenAPI document describes it
   */
  async raw(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${this.product.url}${path}`, {
      ...init,
      method,
      headers: { connection: 'close', ...this.headers, ...(init.headers as Record<string, string>) },
    });
    const difference = await differs(this.product, method, response);
    if (difference !== undefined) throw new Error(`The OpenAPI document does not describe this answer: ${difference}`);
    return response;
  }

  async call<T = Problem>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await this.raw(method, path, {
      headers: { ...json, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return answer<T>(response);
  }

  get = <T = Problem>(path: string) => this.call<T>('GET', path);
  post = <T = Problem>(path: string, body?: unknown, headers?: Record<string, string>) =>
    this.call<T>('POST', path, body, headers);

  launch = (body: Json, headers?: Record<string, string>) => this.post<LaunchResult>('/api/batches', body, headers);

  /** A launch whose items are the body itself. */
  async launchStream(fields: Json, contentType: string, items: string): Promise<Answer<LaunchAnswer>> {
    const query = new URLSearchParams({ batch: JSON.stringify(fields) });
    return answer(
      await this.raw('POST', `/api/batches?${query}`, { headers: { 'content-type': contentType }, body: items }),
    );
  }

  async upload(name: string, content: string | Uint8Array<ArrayBuffer>): Promise<Answer<FileDto>> {
    return answer(
      await this.raw('POST', '/api/files', { headers: { 'x-filename': encodeURIComponent(name) }, body: content }),
    );
  }

  batch = async (id: string): Promise<BatchDto> => (await this.get<BatchAnswer>(`/api/batches/${id}`)).body.batch;
  job = async (id: string): Promise<JobDetailDto> => (await this.get<JobDetailAnswer>(`/api/jobs/${id}`)).body.job;
  capacity = async (): Promise<CapacityDto> => (await this.get<CapacityDto>('/api/capacity')).body;
  search = async (q: string, batchId = ''): Promise<SearchHit[]> =>
    (await this.get<SearchHits>(`/api/search?${new URLSearchParams({ q, ...(batchId && { batchId }) })}`)).body.hits;

  /** Every child of a batch, in item order, page by page. */
  async children(batchId: string, status = ''): Promise<JobSummaryDto[]> {
    const jobs: JobSummaryDto[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ limit: '100', ...(status && { status }), ...(cursor && { cursor }) });
      const { body } = await this.get<JobList>(`/api/batches/${batchId}/jobs?${query}`);
      jobs.push(...body.jobs);
      cursor = body.nextCursor;
    }
    return jobs;
  }

  async events(query = ''): Promise<EventReader> {
    const reader = await EventReader.open(`${this.product.url}/api/events${query}`, this.headers);
    const difference = await differs(this.product, 'GET', reader.response);
    if (difference !== undefined) throw new Error(`The OpenAPI document does not describe this answer: ${difference}`);
    return reader;
  }

  finished = (id: string, timeoutMs?: number): Promise<BatchDto> =>
    eventually(
      `batch ${id} has finished`,
      () => this.batch(id),
      (batch) => isFinished(batch.status),
      { timeoutMs },
    );

  jobEnded = (id: string, timeoutMs?: number): Promise<JobDetailDto> =>
    eventually(
      `job ${id} has ended`,
      () => this.job(id),
      (job) => isTerminal(job.status),
      { timeoutMs },
    );

  /** Between journeys: nothing runs, and the slot is free. */
  async settle(): Promise<void> {
    const { body } = await this.get<{ batches: BatchDto[] }>('/api/batches?status=pending,in-progress&limit=100');
    for (const batch of body.batches) await this.post(`/api/batches/${batch.id}/cancel`, { force: true });
    await eventually(
      'nothing runs',
      () => this.capacity(),
      (capacity) => capacity.activeBatches === 0,
    );
  }
}

async function answer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  const body: unknown = isJson(response.headers.get('content-type')) ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body: body as T };
}
