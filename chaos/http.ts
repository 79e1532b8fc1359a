import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Web } from './installation';

/** An answer, read whole. */
export interface Answer {
  status: number;
  body: { batchId?: string; enqueuedCount?: number; jobId?: string; code?: string };
}

/** Begins a request whose body is written by the caller; `answer` fails when the connection is cut. */
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
  // Whoever asks for the answer is told; nobody asks after a kill.
  answer.catch(() => undefined);
  return { request: sent, answer };
}

/** The launch of a streamed batch of diagnostic items: where to, and with what. */
export function launchOf(name: string, key: string): [path: string, headers: Record<string, string>] {
  const fields = JSON.stringify({ name, type: 'diagnostic', start: 'queue' });
  return [
    `/api/batches?batch=${encodeURIComponent(fields)}`,
    { 'content-type': 'application/x-ndjson', 'idempotency-key': key },
  ];
}

/** Items as lines of NDJSON. */
export const lines = (items: unknown[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** A streamed launch, from its first byte to its answer. */
export function launch(web: Web, name: string, key: string, items: unknown[]): Promise<Answer> {
  const { request: sent, answer } = send(web, 'POST', ...launchOf(name, key));
  sent.end(lines(items));
  return answer;
}
