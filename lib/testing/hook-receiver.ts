import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

export interface ReceivedHook {
  id: string;
  headers: Record<string, string>;
  body: string;
  /** the body as JSON */
  event: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** A receiver of webhooks on 127.0.0.1, which the product must be allowed to call (OUTBOUND_ALLOW). */
export interface HookReceiver {
  url: string;
  hooks: ReceivedHook[];
  /** what it answers from now on: a status, or nothing at all */
  answer: number | 'nothing';
  headers: Record<string, string>;
  /** Verifies every message with a library that knows nothing of this product. @throws if one is not signed so */
  verify(secret: string): void;
  close(): Promise<void>;
}

/** Starts a receiver that keeps what it gets, and answers 200. */
export async function startHookReceiver(): Promise<HookReceiver> {
  const hooks: ReceivedHook[] = [];
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const body = await text(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    hooks.push({ id: headers['webhook-id'] ?? '', headers, body, event: JSON.parse(body) });
    if (receiver.answer === 'nothing') return;
    response.writeHead(receiver.answer, receiver.headers).end('thank you');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: HookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    hooks,
    answer: 200,
    headers: {},
    verify(secret) {
      for (const { body, headers } of hooks) new Webhook(secret).verify(body, headers);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}
