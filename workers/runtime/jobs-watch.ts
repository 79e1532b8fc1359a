import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { hostname } from 'node:os';
import { logger } from '@/lib/config/logger';
import { announceTypes } from '@/lib/domain/job-type/announce-types';
import { jobsOut, knowJobs, readJobs } from '@/lib/own-jobs/load-jobs';

/** Several files of a build come together. */
const SETTLE_MS = 100;

/** The own jobs of this machine: announces them, and calls back when another build of them is there. */
export class JobsWatch {
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private hash: string | undefined;

  constructor(private readonly changed: () => Promise<void>) {}

  /** Stores which types this machine has. Without a manifest it has none, and stores nothing. */
  async announce(nodeId: number): Promise<void> {
    this.watch();
    const manifest = readJobs();
    knowJobs(manifest);
    this.hash = manifest?.hash;
    if (manifest) await announceTypes(nodeId, hostname(), manifest);
  }

  close(): void {
    clearTimeout(this.timer);
    this.watcher?.close();
  }

  private watch(): void {
    if (this.watcher) return;
    mkdirSync(jobsOut(), { recursive: true });
    this.watcher = watch(jobsOut(), (_event, name) => {
      if (name !== 'manifest.json') return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), SETTLE_MS);
    });
    this.watcher.on('error', (error) =>
      logger.warn({ err: error }, 'The folder of compiled jobs can’t be watched. Changes need a restart.'),
    );
  }

  private look(): void {
    try {
      if (readJobs()?.hash === this.hash) return;
    } catch (error) {
      logger.error({ err: error }, 'The list of own jobs can’t be read. The last known ones stay.');
      return;
    }
    this.changed().catch((error: unknown) =>
      logger.error({ err: error }, 'Changed own jobs could not be taken over. The next change tries again.'),
    );
  }
}
