import { type IncomingMessage, request } from 'node:http';
import { readEvents } from '@/scripts/lib/sse.mjs';
import type { Web } from './installation';

/** The state of a batch in its event stream. */
export interface Counts {
  status: string;
  completed: number;
  failed: number;
  cancelled: number;
  total: number;
}

interface Message {
  event: string;
  id: string;
  data: { batches?: (Counts & { id: string })[]; batchId?: string } & Partial<Counts>;
}

/** Opens an event stream and returns its unread response. */
export function openStream(web: Web, query: string, lastEventId?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(`${web.url}/api/events${query}`, {
      headers: {
        authorization: `Bearer ${web.apiKey}`,
        ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
      },
      agent: false,
    });
    sent.once('response', (response) => {
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`the stream was answered with ${response.statusCode}`));
    });
    sent.once('error', reject);
    sent.end();
  });
}

/** The state that one viewer of a batch has, over all its connections. */
export interface Seen {
  lastEventId: string;
  counts: Counts | undefined;
  connections: number;
}

/**
 * Reads the stream of a batch until it receives the end, or `limit` messages.
 * @throws when ids or counters decrease
 */
export async function watch(response: IncomingMessage, batchId: string, seen: Seen, limit: number): Promise<void> {
  seen.connections += 1;
  let messages = 0;
  for await (const message of readEvents(response) as AsyncIterable<Message>) {
    if (message.id && BigInt(message.id) <= BigInt(seen.lastEventId || 0)) {
      throw new Error(`the event sequence went back from ${seen.lastEventId} to ${message.id}`);
    }
    seen.lastEventId = message.id;
    const { data } = message;
    const batch = data.batches?.find((b) => b.id === batchId) ?? (data.batchId === batchId ? data : undefined);
    if (batch?.completed !== undefined && batch.status !== undefined) {
      if (batch.completed < (seen.counts?.completed ?? 0)) throw new Error('a counter went back');
      const { status, completed, failed, cancelled, total } = batch as Counts;
      seen.counts = { status, completed, failed, cancelled, total };
    }
    messages += 1;
    if (messages >= limit || (seen.counts && hasEnded(seen.counts))) break;
  }
  response.destroy();
}

export const hasEnded = (counts: Counts): boolean => !['pending', 'in-progress'].includes(counts.status);
