import type { z } from 'zod';
import { logger } from '@/lib/config/logger';
import type { Permission } from '@/lib/contracts/permissions';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { whileAnswering } from '@/lib/domain/health/while-answering';
import type { Keyed } from '@/lib/domain/idempotency';
import { freshTypes } from '@/lib/domain/job-type/read-types';
import { countRequest } from '@/lib/domain/organization/limits/count-request';
import { validate } from '@/lib/domain/validate';
import { authenticate, requireShownOrganization } from './authenticate';
import { readJson } from './body';
import { API_HEADERS, BODY_LENGTH, requestIdFrom } from './front/answer';
import { keyedRefusal } from './idempotency';
import { jsonResponse } from './json';
import { BODY_BYTES } from './limits';
import { errorResponse, problem } from './problem';
import { queryOf } from './validate';

/** `signed-in`: everyone who is authenticated, whatever the role and the scopes. `session`: the same, without keys. */
export type RoutePermission = Permission | 'signed-in' | 'session';

interface Options<Q extends z.ZodType, B extends z.ZodType> {
  /** `none`: no authentication, for example for health checks */
  auth?: 'required' | 'none';
  /** checked before query and body are read, so that nobody learns from a refusal what a valid request is */
  permission?: RoutePermission;
  /** rejects unknown parameters; without a schema, parameters are ignored */
  query?: Q;
  /** a JSON body; an empty one counts as `{}` */
  body?: B;
  bodyLimit?: number;
  /** does not count under the organization's limit of requests: the calls that change this limit */
  uncounted?: boolean;
  /** accepts an Idempotency-Key, which is stored with the created rows */
  keyed?: Keyed;
  /** accepts requests of a page that shows another organization than the session works in */
  anyOrganization?: boolean;
  /** serves also people without the second factor that their organization needs: to set one up, or to leave */
  withoutSecondFactor?: boolean;
  /** maximum number of members and items in the body, over all levels */
  bodyValues?: number;
}

interface Call<Q, B> {
  request: Request;
  params: Record<string, string>;
  query: Q;
  body: B;
  requestId: string;
}

interface RouteContext {
  params: Promise<Record<string, string | string[] | undefined> | undefined>;
}

export interface Handler {
  (request: Request, route: RouteContext): Promise<Response>;
  /** undefined for a handler without authentication */
  permission?: RoutePermission | undefined;
}
type Answer = Response | object;

/**
 * Wraps a route handler. It authenticates, checks the permission, validates query and body, sends the returned value as JSON and a thrown
 * error as problem+json. A handler calls only one domain function.
 */
export function route<Q extends z.ZodType, B extends z.ZodType>(
  options: Options<Q, B> & { auth: 'none' },
  handler: (call: Call<z.output<Q>, z.output<B>>) => Promise<Answer> | Answer,
): Handler;
export function route<Q extends z.ZodType, B extends z.ZodType>(
  options: Options<Q, B> & { auth?: 'required'; permission: RoutePermission },
  handler: (call: Call<z.output<Q>, z.output<B>> & { context: Context }) => Promise<Answer> | Answer,
): Handler;
export function route<Q extends z.ZodType, B extends z.ZodType>(
  options: Options<Q, B>,
  handler: (call: Call<z.output<Q>, z.output<B>> & { context: Context }) => Promise<Answer> | Answer,
): Handler {
  const serve = async (
    request: Request,
    params: RouteContext['params'],
    requestId: string,
    cookies: string[],
  ): Promise<Answer> => {
    const known = options.auth === 'none' ? undefined : await authenticate(request, requestId, options);
    cookies.push(...(known?.setCookies ?? []));
    const context = known?.context;
    if (context && !options.anyOrganization) requireShownOrganization(request, context);
    if (context && !options.uncounted) await countRequest(context);
    if (context) await freshTypes();
    const { permission = 'signed-in' } = options;
    if (context) requireAllowed(context, permission);
    const answer = answerTo(request, context, textParams(await params), requestId);
    const { keyed: kind } = options;
    if (kind === undefined || !context) return answer;
    return answer.catch(async (error) => {
      const batchId = textParams(await params).id ?? '';
      throw await keyedRefusal(error, request, { context, kind, batchId });
    });
  };
  const answerTo = async (
    request: Request,
    context: Context | undefined,
    params: Record<string, string>,
    requestId: string,
  ): Promise<Answer> => {
    const query = options.query ? validate(options.query, queryOf(request), 'The query') : undefined;
    const body = options.body
      ? validate(
          options.body,
          (await readJson(request, options.bodyLimit ?? BODY_BYTES, options.bodyValues)) ?? {},
          'The body',
        )
      : undefined;
    return handler({
      request,
      // Only the overload without authentication lacks a context, and its handler can't name it.
      context: context as Context,
      params,
      query: query as z.output<Q>,
      body: body as z.output<B>,
      requestId,
    });
  };
  const handle = async (request: Request, { params }: RouteContext): Promise<Response> => {
    const requestId = requestIdOf(request);
    const cookies: string[] = [];
    let answer: Response;
    try {
      const result = await whileAnswering(serve(request, params, requestId, cookies));
      answer = result instanceof Response ? result : jsonResponse(result);
    } catch (error) {
      const where = `${request.method} ${new URL(request.url).pathname}`;
      answer = isSenderGone(request, error) ? brokenOff(where) : errorResponse(error, requestId, where);
    }
    if (request.method === 'HEAD') answer = await withoutBody(answer);
    return dress(answer, requestId, cookies);
  };
  return Object.assign(handle, { permission: options.permission });
}

function requireAllowed(context: Context, permission: RoutePermission): void {
  if (permission === 'session') {
    if (context.credential?.kind === 'session') return;
    throw new DomainError('forbidden', 'Only a person who is signed in can do this, not an API key.');
  }
  if (permission !== 'signed-in') requirePermission(context, permission);
}

/** Removes the body for HEAD. Its source (an open file, an event stream) is closed immediately. */
async function withoutBody(answer: Response): Promise<Response> {
  await answer.body?.cancel();
  return new Response(null, answer);
}

/** Node throws `aborted` when a body ends before its announced length. */
const isSenderGone = (request: Request, error: unknown): boolean =>
  !(error instanceof DomainError) &&
  (request.signal.aborted || (error instanceof Error && error.message === 'aborted' && 'code' in error));

/** The response to a client that has disconnected. It is not an error of the server, so it is logged at debug level. */
function brokenOff(where: string): Response {
  logger.debug({ where }, 'A client disconnected before its request was complete.');
  return problem('invalid-request', 'The request broke off.');
}

/** Adds the headers that every API response has. */
export function dress(answer: Response, requestId: string, cookies: string[]): Response {
  for (const [name, value] of Object.entries(API_HEADERS)) {
    if (!answer.headers.has(name)) answer.headers.set(name, value);
  }
  answer.headers.set('x-request-id', requestId);
  const length = answer.headers.get('content-length');
  if (length !== null) answer.headers.set(BODY_LENGTH, length);
  for (const cookie of cookies) answer.headers.append('set-cookie', cookie);
  return answer;
}

export const requestIdOf = (request: Request): string => requestIdFrom(request.headers.get('x-request-id'));

/** Next passes undefined params to a route without a parameter in its path. */
const textParams = (params: Record<string, string | string[] | undefined> | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params ?? {}).map(([key, value]) => [key, Array.isArray(value) ? value.join('/') : (value ?? '')]),
  );

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

/** Returns the exports of a route file: its handlers, and a 405 response for every other method. */
export function methods(handlers: Partial<Record<Method, Handler>>): Record<Method, Handler> {
  const allow = METHODS.filter((method) => handlers[method]).join(', ');
  const refuse: Handler = async (request) =>
    dress(
      problem('method-not-allowed', `${request.method} is not offered here; use ${allow}.`, { headers: { allow } }),
      requestIdOf(request),
      [],
    );
  return Object.fromEntries(METHODS.map((method) => [method, handlers[method] ?? refuse])) as Record<Method, Handler>;
}

/** Returns the id in the path, decoded by Next. For an invalid id, the domain function throws `not-found`. */
export function idOf(params: Record<string, string>): string {
  const { id } = params;
  // Postgres has no NUL in texts: no id contains one, and a comparison with it would fail.
  if (!id || id.includes('\u0000')) throw new DomainError('not-found', 'There is no such resource.');
  return id;
}

export const unknownPath = (request: Request): Response =>
  problem('not-found', `There is nothing at ${new URL(request.url).pathname}. See /api/openapi.json.`);

export function noFile(): never {
  throw new DomainError(
    'invalid-request',
    'The form has no file. Send one as a part with a file name, or as the raw body.',
  );
}
