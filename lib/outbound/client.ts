import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, errors } from 'undici';
import { ACCEPT_ENCODING, decoded, encodingsOf, tooLarge } from './body';
import { addressesOf, guardedConnector, type Resolve, systemResolve } from './connect';
import { OutboundError } from './errors';
import { checkUrl, hostOf, type OutboundPolicy, portOf } from './policy';
import { becomesGet, type Hop, isRedirect, nextHop, type Redirect, type RedirectRules } from './redirect';

export interface OutboundRequest extends RedirectRules {
  url: string | URL;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array | undefined;
  signal: AbortSignal;
  /** from the start to the last byte of the response, redirects included */
  timeoutMs?: number;
  /** limit of the response, both compressed and decompressed; if it is exceeded, the body fails */
  maxBytes?: number;
  /** 0: a redirect is returned like any other response */
  maxRedirects?: number;
  /** awaited before each hop, after the policy check; used for the rate limit per host */
  beforeHop?: (url: URL) => Promise<void>;
}

export interface OutboundResponse {
  status: number;
  headers: Headers;
  /** the final URL, after redirects */
  url: URL;
  redirects: number;
  /** the status of the redirect that changed the method to GET */
  followedAsGet?: number;
  /**
   * read it to its end or destroy it, because it holds a connection. It fails with an OutboundError or the abort reason
   */
  body: Readable;
}

const DEFAULTS = { timeoutMs: 30_000, maxBytes: 10 * 1024 * 1024, maxRedirects: 5 };
const CONNECT_TIMEOUT_MS = 10_000;
/** For an address that is only checked. */
const CHECK_TIMEOUT_MS = 3_000;
/** Statuses of responses without a body, whatever their headers are. */
const BODILESS = new Set([204, 205, 304]);

/** Sends requests to user-supplied addresses, for jobs and imports. The policy checks each hop (SSRF protection). */
export class OutboundClient {
  readonly #agent: Agent;
  readonly #resolve: Resolve;

  constructor(
    readonly policy: OutboundPolicy,
    options: { resolve?: Resolve | undefined; connectTimeoutMs?: number | undefined } = {},
  ) {
    this.#resolve = options.resolve ?? systemResolve;
    this.#agent = new Agent({
      connect: guardedConnector(policy, this.#resolve, options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS),
      // The request's own timeout covers both.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 64 * 1024,
    });
  }

  /**
   * Sends one request and follows its redirects itself. Resolves when the headers of the response have arrived.
   * @throws OutboundError; or the reason of `signal` if it was aborted
   */
  async request(request: OutboundRequest): Promise<OutboundResponse> {
    const options = { ...DEFAULTS, ...request };
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signal = AbortSignal.any([request.signal, timeout]);
    const why = (error: unknown, url: URL): unknown => {
      if (request.signal.aborted) return request.signal.reason;
      if (timeout.aborted) {
        return new OutboundError(
          'response-timeout',
          `${hostOf(url)} did not answer within ${options.timeoutMs / 1000} s.`,
        );
      }
      return asOutboundError(error, url);
    };
    let hop: Hop = {
      url: checkUrl(this.policy, request.url),
      method: (request.method ?? 'GET').toUpperCase(),
      headers: request.headers ?? {},
      body: request.body,
    };
    let followedAsGet: number | undefined;
    for (let redirects = 0; ; redirects++) {
      await request.beforeHop?.(hop.url);
      const answer = await this.#send(hop, signal).catch((error) => {
        throw why(error, hop.url);
      });
      const headers = headersOf(answer.headers);
      const location = headers.get('location');
      if (options.maxRedirects === 0 || !isRedirect(answer.statusCode) || location === null) {
        const { url } = hop;
        return {
          status: answer.statusCode,
          headers,
          url,
          redirects,
          ...(followedAsGet === undefined ? {} : { followedAsGet }),
          body: this.#body(answer, headers, options, (e) => why(e, url)),
        };
      }
      // The body of a redirect is unused, and a slow server could delay its end.
      answer.body.on('error', () => undefined).destroy();
      if (redirects === options.maxRedirects) {
        throw new OutboundError('too-many-redirects', `${hostOf(hop.url)} redirects more than ${redirects} times.`);
      }
      const redirect: Redirect = {
        status: answer.statusCode,
        location,
        from: hop.url,
        to: checkUrl(this.policy, location, hop.url),
      };
      if (becomesGet(hop.method, redirect.status)) followedAsGet ??= redirect.status;
      hop = nextHop(hop, redirect, request);
    }
  }

  /**
   * Checks an address that will be called later. A name that can't be resolved now passes: each call checks it again.
   * @throws OutboundError `invalid-url`, `outbound-refused`
   */
  async requireAllowed(text: string): Promise<void> {
    const url = checkUrl(this.policy, text);
    try {
      await addressesOf(this.policy, this.#resolve, hostOf(url), portOf(url), CHECK_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof OutboundError && error.code === 'outbound-refused') throw error;
    }
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #send(hop: Hop, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const given = Object.keys(hop.headers).map((name) => name.toLowerCase());
    return this.#agent.request({
      origin: hop.url.origin,
      path: hop.url.pathname + hop.url.search,
      method: hop.method as Dispatcher.HttpMethod,
      headers: given.includes('accept-encoding') ? hop.headers : { ...hop.headers, 'accept-encoding': ACCEPT_ENCODING },
      body: hop.body ?? null,
      signal,
    });
  }

  #body(
    answer: Dispatcher.ResponseData,
    headers: Headers,
    { maxBytes, method }: { maxBytes: number; method?: string },
    why: (error: unknown) => unknown,
  ): Readable {
    const without = method?.toUpperCase() === 'HEAD' || BODILESS.has(answer.statusCode);
    let encodings: string[] = [];
    try {
      if (!without) encodings = encodingsOf(headers.get('content-encoding'));
      if (!without && Number(headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes);
    } catch (error) {
      answer.body.on('error', () => undefined).destroy();
      throw error;
    }
    const body = decoded(answer.body, encodings, maxBytes);
    const destroy = body._destroy.bind(body);
    body._destroy = (error, done) => destroy(error && (why(error) as Error), done);
    return body;
  }
}

function headersOf(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}

/** Converts an error of undici, the system or a decoder to an OutboundError. */
function asOutboundError(error: unknown, url: URL): OutboundError {
  if (error instanceof OutboundError) return error;
  const host = hostOf(url);
  const code = (error as { code?: unknown } | undefined)?.code;
  if (error instanceof errors.ConnectTimeoutError || code === 'ETIMEDOUT') {
    return new OutboundError('connect-timeout', `No connection to ${host} came about in time.`, { cause: error });
  }
  if (error instanceof errors.InvalidArgumentError) {
    return new OutboundError('invalid-request', 'A header or the method of the request is not valid.', {
      cause: error,
    });
  }
  if (typeof code === 'string' && /^(Z_|ERR__ZLIB|ERR_BROTLI|ERR_ZLIB)/.test(code)) {
    return new OutboundError('unreachable', `The answer of ${host} is compressed wrongly.`, { cause: error });
  }
  const word = typeof code === 'string' ? code : error instanceof AggregateError ? 'no address answers' : 'broken off';
  return new OutboundError('unreachable', `${host} is out of reach, or broke off (${word}).`, { cause: error });
}
