import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers no call until it is opened, so that a job that calls it runs for as long as a test needs. */
export interface Gate {
  url: string;
  /** the input of a `bulk-operation` that runs until the gate opens */
  item: { url: string; timeoutMs: number };
  /** answers the calls that wait, and each later call at once */
  open(): void;
  close(): Promise<void>;
}

/** Starts a closed gate on 127.0.0.1, which the product must be allowed to call (OUTBOUND_ALLOW). */
export async function startGate(): Promise<Gate> {
  const waiting = new Set<ServerResponse>();
  let isOpen = false;
  // An idle connection that the server closes could be the one that the client uses next.
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    if (isOpen) {
      response.end('open');
      return;
    }
    waiting.add(response);
    response.once('close', () => waiting.delete(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/gate`;
  return {
    url,
    item: { url, timeoutMs: 300_000 },
    open() {
      isOpen = true;
      for (const response of waiting) response.end('open');
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
