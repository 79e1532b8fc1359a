import type { ErrorCode, InputIssue } from '@/lib/contracts/errors';

/** Creates the server's response to one request. */
export type Answer = (url: URL, init: RequestInit | undefined) => Response | Promise<Response>;

/** Maps `GET /batches/b1` to a response. `*` matches one segment of the path; a plain value is sent as JSON. */
export type Routes = Readonly<Record<string, unknown>>;

export const json = (body: unknown, status = 200): Answer => {
  const text = JSON.stringify(body);
  return () => new Response(text, { status, headers: { 'content-type': 'application/json' } });
};

export const bytes =
  (data: Uint8Array<ArrayBuffer>): Answer =>
  () =>
    new Response(data);

interface ProblemOptions {
  errors?: InputIssue[];
  /** seconds */
  retryAfter?: number;
}

/** Creates an error response in the server's format. */
export const problem =
  (status: number, code: ErrorCode, detail: string, { errors, retryAfter }: ProblemOptions = {}): Answer =>
  () =>
    new Response(JSON.stringify({ type: 'about:blank', title: 'Request failed', status, code, detail, errors }), {
      status,
      headers: {
        'content-type': 'application/problem+json',
        ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      },
    });

/** A response for a refused connection. */
export const unreachable: Answer = () => Promise.reject(new TypeError('Failed to fetch'));

/** A response that never arrives. It shows the loading state of a page. */
export const pending: Answer = () => new Promise(() => undefined);

/** An event stream that is open and has sent its first event. */
export const openStream: Answer = (_url, init) => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const beat = () => controller.enqueue(new TextEncoder().encode('event: heartbeat\ndata: {}\n\n'));
      beat();
      const timer = setInterval(beat, 2_000);
      init?.signal?.addEventListener('abort', () => {
        clearInterval(timer);
        controller.close();
      });
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
};

const matcher = (route: string): RegExp =>
  new RegExp(`^${route.replace(/[.?+^$()[\]{}|\\]/g, '\\$&').replaceAll('*', '[^/]+')}$`);

export interface StoryServer {
  fetch: typeof fetch;
  /** number of requests without a response; requests that stay pending by design are not counted */
  readonly waiting: number;
  /** `POST /batches/b1/retry`, in order of arrival */
  readonly requests: string[];
  /** the bodies of `requests`, in the same order */
  readonly bodies: unknown[];
}

/**
 * Creates an in-memory server behind `fetch`, so that stories use the product's components unchanged. Later routes win.
 */
export function createServer(...tables: readonly Routes[]): StoryServer {
  const routes = tables.flatMap((table) => Object.entries(table)).reverse();
  const matchers = routes.map(([route, answer]) => ({ pattern: matcher(route), answer }));
  const requests: string[] = [];
  const bodies: unknown[] = [];
  let waiting = 0;
  const answerOf = (name: string): Answer => {
    const found = matchers.find(({ pattern }) => pattern.test(name));
    if (!found) return problem(404, 'not-found', `The story has no answer for ${name}.`);
    return typeof found.answer === 'function' ? (found.answer as Answer) : json(found.answer);
  };
  return {
    requests,
    bodies,
    get waiting() {
      return waiting;
    },
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input), globalThis.location.href);
      const name = `${init?.method ?? 'GET'} ${url.pathname.replace(/^\/api/, '')}`;
      requests.push(name);
      bodies.push(typeof init?.body === 'string' ? JSON.parse(init.body) : init?.body);
      const answer = answerOf(name);
      if (answer === pending) return answer(url, init);
      waiting += 1;
      try {
        return await answer(url, init);
      } finally {
        waiting -= 1;
      }
    },
  };
}
