import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { logger } from '@/lib/config/logger';
import { CLIENT_ADDRESS } from '@/lib/domain/auth/client-address';
import { addressOf, trustedProxies } from './address-of';
import { BODY_LENGTH, type Refusal, refuse, refuseRaw, securityHeaders } from './answer';
import { Bodies, type BodyLimits } from './bodies';
import { checkHead, isApi, PAGE_BODY_BYTES, pageBody } from './check-head';
import { preferCompressed } from './prefer-compressed';
import { offerConnection } from './stream-connections';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface FrontOptions extends BodyLimits {
  /** how long an idle connection stays open: longer than in load balancers and clients */
  keepAliveMs: number;
  dev: boolean;
  /** scripts and styles that there are as Brotli files too */
  compressed: ReadonlySet<string>;
}

export const FRONT: FrontOptions = {
  keepAliveMs: 75_000,
  idleMs: 30_000,
  openMs: 30_000,
  lingerMs: 2000,
  lingerBytes: 1024 ** 2,
  dev: false,
  compressed: new Set(),
};

/**
 * Creates the HTTP server in front of the web framework. It rejects invalid requests in the format of our error
 * responses and with our headers, and it limits how long a body is read.
 */
export function createFront(handle: Handle, options: FrontOptions = FRONT): Server {
  const bodies = new Bodies(options);
  const headers = Object.entries(securityHeaders());
  const answers = new WeakMap<Duplex, ServerResponse>();
  const isTrusted = trustedProxies();
  const serve = (request: IncomingMessage, response: ServerResponse, held: boolean) => {
    answers.set(request.socket, response);
    for (const [name, value] of headers) response.setHeader(name, value);
    keepBodyLength(response);
    request.headers[CLIENT_ADDRESS] = addressOf(request, isTrusted);
    offerConnection(request, response);
    const path = request.url ?? '';
    bodies.watch(request, response, { open: !isApi(path) || path.startsWith('/api/auth'), held });
    const refusal = checkHead(request, options.dev);
    if (refusal) {
      if (refusal.code === 'method-not-allowed' && !isApi(request.url ?? '')) discardBody(request, response, refusal);
      else refuse(request, response, refusal);
      return;
    }
    preferCompressed(request, response, options.compressed);
    handle(request, response).catch((error: unknown) => {
      logger.error({ err: error, where: `${request.method} ${request.url}` }, 'A request failed.');
      if (response.headersSent) response.destroy();
      else refuse(request, response, { code: 'internal-error', detail: 'Something went wrong here. The log has it.' });
    });
  };
  const server = createServer(
    {
      keepAliveTimeout: options.keepAliveMs,
      // Longer than keepAliveTimeout; otherwise an idle connection could close while its next request arrives.
      headersTimeout: options.keepAliveMs + 5000,
      // Large uploads may take long. `bodies` ends those that stall.
      requestTimeout: 0,
      requireHostHeader: false,
    },
    (request, response) => serve(request, response, false),
  );
  server.on('checkContinue', (request, response) => serve(request, response, true));
  server.on('checkExpectation', (request, response) =>
    refuse(request, response, { code: 'invalid-request', detail: 'Expect: 100-continue is the only one known.' }),
  );
  server.on('connect', (_request, socket) =>
    refuseRaw(
      socket,
      { code: 'method-not-allowed', detail: 'CONNECT is not offered; Batchyard is no proxy.' },
      'CONNECT',
    ),
  );
  // Only hot reloading uses upgrades. With a listener, Node passes on each request that offers an upgrade (Java clients
  // offer HTTP/2 with every first request), and the web framework never responds to those.
  if (!options.dev) {
    server.on('newListener', (event) => {
      if (event === 'upgrade') queueMicrotask(() => server.removeAllListeners('upgrade'));
    });
  }
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = answers.get(socket);
    // A response that is already being sent cannot carry an error.
    const isAnswering = answer?.headersSent && !answer.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy();
    else refuseRaw(socket, explained(error), 'a connection');
  });
  server.on('close', () => bodies.close());
  return server;
}

/** Discards the body of a request to a page up to a limit. A longer body is rejected. */
function discardBody(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= PAGE_BODY_BYTES || response.headersSent) return;
    request.pause();
    refuse(request, response, pageBody());
  });
  request.once('end', () => {
    if (!response.headersSent) refuse(request, response, refusal);
  });
}

function keepBodyLength(response: ServerResponse): void {
  const writeHead = response.writeHead;
  response.writeHead = function writeHeadWithLength(this: ServerResponse, ...given: Parameters<typeof writeHead>) {
    const length = response.getHeader(BODY_LENGTH);
    if (length !== undefined) {
      response.removeHeader(BODY_LENGTH);
      // What was compressed has another length: a client would wait for the rest.
      if (!response.hasHeader('content-encoding')) response.setHeader('content-length', length);
    }
    return writeHead.apply(this, given);
  } as typeof writeHead;
}

function explained({ code }: NodeJS.ErrnoException): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { code: 'headers-too-large', detail: 'The head of the request is larger than 16 KiB.' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { code: 'request-timeout', detail: 'The head of the request did not come in time.' };
    default:
      return { code: 'invalid-request', detail: 'This is not an HTTP request that can be read.' };
  }
}
