import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { publish, subscribe } from './relay';

/**
 * Publishes a message and waits until it comes back, as every hint between processes goes.
 * @throws what the datastore said, or that nothing came back in time
 */
export async function eventsRoundTrip(patienceMs: number): Promise<void> {
  const id = randomUUID();
  const timer = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`an event did not come back within ${patienceMs} ms`);
  });
  const travel = async () => {
    let heard: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const stop = await subscribe('probe', (message) => {
      if (message.id === id) heard();
    });
    try {
      await publish('probe', { id });
      await Promise.race([arrival, late]);
    } finally {
      void stop().catch(() => undefined);
    }
  };
  const travelling = travel();
  for (const loose of [travelling, late]) loose.catch(() => undefined);
  try {
    await Promise.race([travelling, late]);
  } finally {
    timer.abort();
  }
}
