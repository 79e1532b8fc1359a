import type { ErrorCode, InputIssue, Problem } from '@/lib/contracts/errors';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { retryAfterMs } from '@/lib/contracts/retry-after';

/** An answer that is not a success: the server's problem+json, or a default text without one. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: ErrorCode | 'unreadable';
  readonly title: string;
  readonly detail: string;
  readonly errors: InputIssue[];
  /** seconds to wait, from Retry-After */
  readonly retryAfter: number | null;
  /** the whole answer, for members beyond the standard ones */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Partial<Problem>, retryAfter: number | null) {
    const detail = problem.detail ?? problem.title ?? `The server answered ${status}.`;
    super(detail);
    this.status = status;
    this.code = problem.code ?? 'unreadable';
    this.title = problem.title ?? 'Request failed';
    this.detail = detail;
    this.errors = problem.errors ?? [];
    this.retryAfter = retryAfter;
    this.problem = problem;
  }
}

/** The server could not be reached. It is unknown whether the request was carried out. */
export class OfflineError extends Error {
  override readonly name = 'OfflineError';
  constructor(options?: ErrorOptions) {
    super('Batchyard cannot be reached. Check that it is running and that this device is online.', options);
  }
}

export type QueryValue = string | number | boolean | null | undefined | readonly string[];

export interface ApiOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  query?: Record<string, QueryValue>;
  /** sent as JSON */
  json?: unknown;
  /** sent unchanged; set its content type in `headers` */
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

export interface ApiAnswer<T> {
  status: number;
  data: T;
}

/** `/api/...` with a query string; empty values and empty lists are left out, lists are joined with commas. */
export function apiPath(path: string, query: Record<string, QueryValue> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    const word = typeof value === 'object' ? value.join(',') : String(value);
    if (word) search.set(name, word);
  }
  const text = search.toString();
  return text ? `/api${path}?${text}` : `/api${path}`;
}

/** Calls the API and returns status and data. @throws ApiError, OfflineError, or AbortError when `signal` fires */
export async function apiAnswer<T>(path: string, options: ApiOptions = {}): Promise<ApiAnswer<T>> {
  const response = await send(path, options);
  if (response.status === 204) return { status: 204, data: undefined as T };
  return { status: response.status, data: parseJson(await response.text()) as T };
}

/** Calls the API and returns the data. @throws ApiError, OfflineError */
export async function api<T>(path: string, options: ApiOptions = {}): Promise<T> {
  return (await apiAnswer<T>(path, options)).data;
}

/** Calls the API and returns raw bytes. @throws ApiError, OfflineError */
export async function apiBytes(path: string, options: ApiOptions = {}): Promise<Uint8Array> {
  const response = await send(path, options);
  return new Uint8Array(await response.arrayBuffer());
}

/** Calls the API and returns a file, which the browser may keep outside of memory. @throws ApiError, OfflineError */
export async function apiFile(path: string, options: ApiOptions = {}): Promise<Blob> {
  return (await send(path, options)).blob();
}

/**
 * Sends a request. If the server wants the password again, the person is asked for it, and the request is sent once more.
 * @throws ApiError, OfflineError
 */
async function send(path: string, options: ApiOptions): Promise<Response> {
  const response = await request(path, options);
  if (response.ok) return response;
  const error = await toApiError(response);
  if (isApiError(error, 'organization-switched')) reportSwitch();
  if (!isApiError(error, 'reauthentication-required') || !(await askPerson?.(error))) throw error;
  const again = await request(path, options);
  if (!again.ok) throw await toApiError(again);
  return again;
}

/** Asks the person for the password. Resolves to whether it was given. */
export type AskPerson = (why: ApiError) => Promise<boolean>;
let askPerson: AskPerson | null = null;

/** Sets who asks the person when a request needs the password again, until the returned function is called. */
export function onReauthentication(ask: AskPerson): () => void {
  askPerson = ask;
  return () => {
    if (askPerson === ask) askPerson = null;
  };
}

let shown: string | null = null;

/** Sets which organization this page shows. The server refuses requests when the session works in another one. */
export function showOrganization(id: string): void {
  shown = id;
}

/** The header that names the organization that this page shows. */
export const organizationHeader = (): Record<string, string> => (shown === null ? {} : { 'x-organization-id': shown });

const switchWatchers = new Set<() => void>();

/** Calls back when the session works in another organization than this page shows. */
export function onSwitch(watcher: () => void): () => void {
  switchWatchers.add(watcher);
  return () => switchWatchers.delete(watcher);
}

export function reportSwitch(): void {
  for (const watcher of switchWatchers) watcher();
}

const watchers = new Set<() => void>();

/** Calls back whenever a call gets no answer at all, until the returned function is called. */
export function onUnreachable(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

async function request(path: string, options: ApiOptions): Promise<Response> {
  const { method = 'GET', query, json, body, headers, signal } = options;
  try {
    return await fetch(apiPath(path, query), {
      method,
      signal: signal ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...organizationHeader(),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: json === undefined ? (body ?? null) : stringifyJson(json),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    for (const watcher of watchers) watcher();
    throw new OfflineError({ cause: error });
  }
}

/** Makes an error of a failed response; also for the event stream and the upload, which don't use `api`. */
export async function toApiError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const problem = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return new ApiError(response.status, problem, retryAfterSeconds(response.headers));
}

/** Seconds to wait before the next call; null when the answer names none. */
export function retryAfterSeconds(headers: Pick<Headers, 'get'>): number | null {
  const wait = retryAfterMs(headers);
  return wait === undefined ? null : Math.ceil(wait / 1000);
}

export const isApiError = (error: unknown, code?: ErrorCode): error is ApiError =>
  error instanceof ApiError && (code === undefined || error.code === code);

/** A reason of the server as a sentence: `is not your password` becomes `This is not your password`. */
export const issueSentence = (message: string): string =>
  /^(?:is|must|has|can't|cannot)\b/.test(message)
    ? `This ${message}`
    : message.charAt(0).toUpperCase() + message.slice(1);

/** Returns why the server refused one field; null if it is not about that field. */
export function fieldError(error: unknown, path: string): string | null {
  const issue = error instanceof ApiError ? error.errors.find((one) => one.path === path) : undefined;
  return issue ? issueSentence(issue.message) : null;
}

/** One sentence for people, whatever was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError || error instanceof OfflineError) return error.message;
  return error instanceof Error ? error.message : 'Something went wrong that has no description.';
}
