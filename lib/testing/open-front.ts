import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FrontOptions } from '@/lib/http/front/create-front';
import * as front from '@/lib/http/front/create-front';

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

let server: Server;

/** The addresses of the requests that the opened front passed on. */
export const passed: string[] = [];

/** Opens a front before this handler; without one it answers `passed on`. */
export async function openFront(
  handle?: Handle,
  options: Partial<FrontOptions> = {},
  { createFront } = front,
): Promise<Server> {
  passed.length = 0;
  server = createFront(
    async (request, response) => {
      passed.push(request.url ?? '');
      await (handle?.(request, response) ?? response.end('passed on'));
    },
    { ...front.FRONT, ...options },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Opens a connection and writes these bytes. */
export function dial(...parts: string[]): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  return socket;
}

/** Returns the response to these bytes, until the server closes the connection or the test ends it. */
export async function answer(...parts: string[]) {
  const socket = dial(...parts);
  const whole = await text(socket);
  const [head = '', body = ''] = whole.split('\r\n\r\n', 2);
  return { status: Number(whole.slice(9, 12)), head: head.toLowerCase(), body };
}

/** The end of a head, after which the server closes the connection. */
export const CLOSE = 'connection: close\r\n\r\n';
export const HOST = 'host: localhost:3000\r\n';
/** Closes the front and its connections. */
export function closeFront(): void {
  server.closeAllConnections();
  server.close();
}

/** The address of the opened front. */
export const frontPort = (): number => (server.address() as AddressInfo).port;
