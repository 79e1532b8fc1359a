import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { publish, subscribe } from './relay';

/**
 * Publishes a message and waits until it comes back the way that every message between processes takes.
 * @throws the error of the datastore, or a timeout
 */
export async function eventsRoundTrip(timeoutMs: number): Promise<void> {
  const id = randomUUID();
  const timer = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`an event did not come back within ${timeoutMs} ms`);
  });
  const sendAndReceive = async () => {
    let received: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      received = resolve;
    });
    const stop = await subscribe('probe', (message) => {
      if (message.id === id) received();
    });
    try {
      await publish('probe', { id });
      await Promise.race([arrival, late]);
    } finally {
      void stop().catch(() => undefined);
    }
  };
  const roundTrip = sendAndReceive();
  for (const promise of [roundTrip, late]) promise.catch(() => undefined);
  try {
    await Promise.race([roundTrip, late]);
  } finally {
    timer.abort();
  }
}
