import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { perProcess } from '@/lib/config/per-process';

/** The header in which the front names the connection of a request to the route behind the web framework. */
const HEADER = 'x-stream-connection';
const EVENTS = /^\/api\/events(?:\?|$)/;

/** The response of a request for an event stream. */
export interface StreamConnection {
  response: ServerResponse;
  /** called after the web framework has sent the head and the first bytes of the body */
  onStarted?: () => void;
}

const connections = perProcess('stream-connections', () => new Map<string, StreamConnection>());

/**
 * Offers the connection of a request for events to its route. The web framework passes each chunk of a body through
 * several streams, which costs more than the message itself when thousands watch.
 */
export function offerConnection(request: IncomingMessage, response: ServerResponse): void {
  delete request.headers[HEADER];
  if (request.method !== 'GET' || !EVENTS.test(request.url ?? '')) return;
  const id = randomUUID();
  request.headers[HEADER] = id;
  const connection: StreamConnection = { response };
  connections.get().set(id, connection);
  response.once('close', () => connections.get().delete(id));
  const { writeHead } = response;
  response.writeHead = function writeHeadAndTell(this: ServerResponse, ...given: Parameters<typeof writeHead>) {
    // The framework writes its first chunk in the same turn.
    setImmediate(() => connection.onStarted?.());
    return writeHead.apply(this, given);
  } as typeof writeHead;
}

/** Returns the connection that the front offers for this request; undefined without a front. */
export function offeredConnection(request: Request): StreamConnection | undefined {
  const id = request.headers.get(HEADER);
  return id ? connections.get().get(id) : undefined;
}
