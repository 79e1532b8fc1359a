import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueueName } from '@/lib/queue/queues';
import { until } from '@/lib/testing/until';

/**
 * `die`: a consumer that has recorded its outcomes kills itself instead of acknowledging the delivery.
 * `die-with-bundle`: the same, with a delivery of several rows. `block`: a consumer blocks its event loop at that
 * moment, until it is released.
 */
export type TrapName = 'die' | 'die-with-bundle' | 'block';

/** A caught process, and the delivery that it was about to acknowledge. */
export interface Caught {
  trap: TrapName;
  pid: number;
  queueName: QueueName;
  deliveryId: string;
  jobIds: string[];
}

/** Traps for consumers, set as files. Only the consumer that removes the file is caught. */
export interface Traps {
  folder: string;
  /** Sets a trap and waits until a consumer is caught. */
  spring(trap: TrapName): Promise<Caught>;
  /** Releases a blocked consumer. */
  release(): Promise<void>;
}

/** A busy machine may need long until a consumer acknowledges; no fault depends on the duration. */
const CAUGHT_MS = 180_000;

export function openTraps(folder: string): Traps {
  const path = (name: string) => join(folder, name);
  return {
    folder,
    async spring(trap) {
      const before = new Set(await readdir(folder));
      if (trap === 'block') await writeFile(path('blocked'), '');
      await writeFile(path(trap), '');
      try {
        const name = await until(
          `a consumer is caught by “${trap}”`,
          async () => (await readdir(folder)).find((file) => file.startsWith('caught-') && !before.has(file)),
          { timeoutMs: CAUGHT_MS },
        );
        return JSON.parse(await readFile(path(name), 'utf8')) as Caught;
      } finally {
        if (existsSync(path(trap))) await rm(path(trap), { force: true });
      }
    },
    release: () => rm(path('blocked'), { force: true }),
  };
}
