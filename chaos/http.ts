import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Web } from './installation';

/** A response with its complete body. */
export interface Answer {
  status: number;
  body: { batchId?: string; enqueuedCount?: number; jobId?: string; code?: string };
}

/** Starts a request whose body the caller writes. `answer` rejects when the connection is closed. */
export function send(
  web: Web,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): { request: ClientRequest; answer: Promise<Answer> } {
  const sent = request(`${web.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${web.apiKey}`, ...headers },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  }).then(async (response) => ({ status: response.statusCode ?? 0, body: JSON.parse(await text(response)) }));
  // Prevents an unhandled rejection: after a kill no code awaits the response.
  answer.catch(() => undefined);
  return { request: sent, answer };
}

/** The URL and headers that launch a streamed batch of diagnostic items. */
export function launchOf(name: string, key: string): [path: string, headers: Record<string, string>] {
  const fields = JSON.stringify({ name, type: 'diagnostic', start: 'queue' });
  return [
    `/api/batches?batch=${encodeURIComponent(fields)}`,
    { 'content-type': 'application/x-ndjson', 'idempotency-key': key },
  ];
}

/** Formats items as NDJSON lines. */
export const lines = (items: unknown[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** Sends a streamed launch and returns its response. */
export function launch(web: Web, name: string, key: string, items: unknown[]): Promise<Answer> {
  const { request: sent, answer } = send(web, 'POST', ...launchOf(name, key));
  sent.end(lines(items));
  return answer;
}
