import { retryAfterMs } from '@/lib/contracts/retry-after';

/** The API refused a call, or could not do it. */
export class ApiError extends Error {
  override name = 'ApiError';

  constructor(
    readonly status: number,
    /** stable, such as `not-found` */
    readonly code: string,
    message: string,
    /** what is wrong with the items or fields of the call */
    readonly errors: { path?: string; row?: number; message: string }[] = [],
    /** how long the server asks to wait before the next call, in milliseconds */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Whether waiting may help: the server is away or too busy, and did not refuse the call. */
export const isOutage = (error: unknown): boolean =>
  !(error instanceof ApiError) || error.status >= 500 || error.status === 429;

/** Returns how long to wait after an outage, in milliseconds: at least as long as the server asks for. */
export const pauseAfter = (error: unknown, pauseMs: number): number =>
  Math.max(pauseMs, (error instanceof ApiError && error.retryAfterMs) || 0);

export type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string>; json?: unknown };
export type Send = (path: string, init?: Init) => Promise<Response>;

/** Returns a function that calls the API. @throws ApiError for every answer but a good one */
export const sender =
  (base: string, key: string): Send =>
  async (path, { json, headers, ...init } = {}) => {
    const response = await fetch(`${base}${path}`, {
      ...init,
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      // Node sends a stream only if it is told that no answer is expected before its end.
      ...(init.body instanceof ReadableStream ? ({ duplex: 'half' } as RequestInit) : {}),
      headers: {
        authorization: `Bearer ${key}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    if (response.ok) return response;
    throw await errorOf(response);
  };

/**
 * Does work that is given up after `ms`: of a connection whose other side is gone nothing comes, not even an error.
 * @throws AbortError when the time is over, or `signal` says so
 */
export async function inTime<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  try {
    return await work(signal ? AbortSignal.any([signal, limit.signal]) : limit.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const wait = retryAfterMs(response.headers);
  try {
    const { code, detail, title, errors } = JSON.parse(text) as Record<string, string> & {
      errors?: { path?: string; row?: number; message: string }[];
    };
    return new ApiError(response.status, code ?? 'unknown', detail ?? title ?? text, errors, wait);
  } catch {
    // A proxy answered, and not the API.
    const message = `The server answered ${response.status}: ${text.slice(0, 200)}`;
    return new ApiError(response.status, 'unknown', message, [], wait);
  }
}
