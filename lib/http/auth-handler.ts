import type { ErrorCode } from '@/lib/contracts/errors';
import { authenticateSession } from '@/lib/domain/auth/authenticate-session';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { requireOwnFactor } from '@/lib/domain/auth/second-factor';
import { isServable } from '@/lib/domain/health/is-servable';
import { whileAnswering } from '@/lib/domain/health/while-answering';
import { validate } from '@/lib/domain/validate';
import { type AuthEndpoint, endpointOf } from './auth-endpoints';
import { readJson } from './body';
import { errorResponse, notReady, problem } from './problem';
import { dress, type Handler, requestIdOf, unknownPath } from './route';

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

/**
 * Serves the offered endpoints of the sign-in library. A body is validated before the library gets it. Error responses are
 * converted to our format, and session tokens are removed from the others: they belong into the cookie only.
 */
export function authHandler(handle: (request: Request) => Promise<Response>): Handler {
  return async (request) => {
    const requestId = requestIdOf(request);
    try {
      const endpoint = endpointOf(request.method, new URL(request.url).pathname);
      if (!endpoint) return dress(unknownPath(request), requestId, []);
      const answer = await whileAnswering(checked(request, requestId, endpoint).then(handle));
      return dress(answer.status >= 400 ? await asProblem(answer) : await withoutTokens(answer), requestId, []);
    } catch (error) {
      return dress(errorResponse(error, requestId, 'sign-in'), requestId, []);
    }
  };
}

const MAX_BODY = 64 * 1024;

/**
 * Gives the request its id, for the audit log. Limits and validates the body, because sign-in needs no authentication.
 */
async function checked(
  request: Request,
  requestId: string,
  { body: schema, recently, factors }: AuthEndpoint,
): Promise<Request> {
  const session = recently === undefined && !factors ? null : await authenticateSession(request.headers);
  if (session && factors) await requireOwnFactor(session.context, factors);
  if (session && recently !== undefined) await requireRecentSignIn(session.context, recently);
  const headers = new Headers(request.headers);
  headers.set('x-request-id', requestId);
  if (schema === null) return new Request(request.url, { method: request.method, headers, signal: request.signal });
  const body = validate(schema, (await readJson(request, MAX_BODY)) ?? {}, 'The body');
  headers.set('content-type', 'application/json');
  headers.delete('content-length');
  const { url, method, signal } = request;
  return new Request(url, { method, headers, signal, body: JSON.stringify(body) });
}

async function withoutTokens(answer: Response): Promise<Response> {
  // A redirect has no body, whatever its content type says.
  if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return copied(answer);
  const body: unknown = JSON.parse(await answer.text());
  const text = JSON.stringify(body, (key, value: unknown) => (key === 'token' ? undefined : value));
  return new Response(text, { status: answer.status, headers: answer.headers });
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
