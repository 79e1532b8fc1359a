import type { ErrorCode } from '@/lib/contracts/errors';
import { isServable } from '@/lib/domain/health/is-servable';
import { whileAnswering } from '@/lib/domain/health/while-answering';
import { readText } from './body';
import { errorResponse, notReady, problem } from './problem';
import { dress, type Handler, requestIdOf } from './route';

const CODES: Record<number, ErrorCode> = {
  400: 'invalid-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  422: 'invalid-data',
  429: 'too-many-requests',
  503: 'unavailable',
};

/** Converts error responses of the sign-in library to our format. Its other responses stay unchanged. */
export function authHandler(handle: (request: Request) => Promise<Response>): Handler {
  return async (request) => {
    const requestId = requestIdOf(request);
    try {
      const answer = await whileAnswering(handle(await bounded(request)));
      return dress(answer.status >= 400 ? await asProblem(answer) : copied(answer), requestId, []);
    } catch (error) {
      return dress(errorResponse(error, requestId, 'sign-in'), requestId, []);
    }
  };
}

const MAX_BODY = 64 * 1024;

/** Limits the body, because sign-in needs no authentication. */
async function bounded(request: Request): Promise<Request> {
  if (!request.body) return request;
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body: await readText(request, MAX_BODY) });
}

/** Copies a response, because its headers may be immutable. */
const copied = (answer: Response): Response => new Response(answer.body, answer);

async function asProblem(answer: Response): Promise<Response> {
  // The library hides the cause. The usual cause is an unavailable database.
  if (answer.status >= 500 && (await isServable().catch(() => 'away'))) return notReady();
  const { message, code: reason } = readReason(await answer.text());
  const headers = new Headers();
  const wait = answer.headers.get('x-retry-after');
  if (wait) headers.set('retry-after', wait);
  for (const cookie of answer.headers.getSetCookie()) headers.append('set-cookie', cookie);
  const code = reason?.includes('ORIGIN') ? 'bad-origin' : (CODES[answer.status] ?? 'internal-error');
  return problem(code, message ?? 'Sign-in refused this request.', { extra: reason ? { reason } : {}, headers });
}

function readReason(text: string): { message?: string | undefined; code?: string | undefined } {
  try {
    const { message, code } = JSON.parse(text) as { message?: unknown; code?: unknown };
    return {
      message: typeof message === 'string' ? message : undefined,
      code: typeof code === 'string' ? code : undefined,
    };
  } catch {
    // An empty response contains no reason.
    return {};
  }
}
