import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { LITTLE_MB } from '@/lib/contracts/health';
import type { Manifest } from '@/lib/contracts/own-jobs';
import { whyUnreachable } from '@/scripts/lib/unreachable';
import { broken, ok, type Said, warning } from './finding';

// What an installation needs on its machine.

/** Free space at which one should act, while all still works. */
const TIGHT_MB = 2048;
const PATIENCE_MS = 10_000;

/** What `npm start` noted about itself in DATA_DIR. `ended`: it is gone without having stopped. */
export interface NotedStart {
  state: 'running' | 'starting' | 'ended' | 'none';
  url?: string | undefined;
}

export async function lookAtStorage(dataDir: string): Promise<Said> {
  try {
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? warning(
          `DATA_DIR ${dataDir} does not exist: nothing was started on it`,
          'Start Batchyard, or run this where it was started, with the same DATA_DIR.',
        )
      : broken(
          `DATA_DIR ${dataDir} can’t be read and written (${code})`,
          'Run this, and Batchyard, as the owner of the folder.',
        );
  }
  const { bavail, bsize, ffree, files } = await statfs(dataDir);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  const found = `${free.toLocaleString('en-US')} MB are free in DATA_DIR ${dataDir}`;
  if (files > 0 && ffree === 0)
    return broken(`${found}, but no inode is`, 'Delete files on that disk: many small ones fill it.');
  const todo =
    'Make room on that disk, or lower RETENTION_DAYS: uploads and the embedded Postgres stop when it is full.';
  if (free < LITTLE_MB) return broken(found, todo);
  return free < TIGHT_MB ? warning(found, todo) : ok(found);
}

export async function lookAtWeb(start: NotedStart, publicUrl: string | undefined): Promise<Said> {
  // Where only workers run, the address is empty.
  const url = start.url || publicUrl;
  if (start.state === 'ended') {
    return broken(
      'Batchyard was started and is gone without a stop',
      'Start it again; the ends of web.log and workers.log in DATA_DIR/logs say why it went.',
    );
  }
  if (start.state === 'starting') return warning('Batchyard is starting', 'Wait for “ready”, and look again.');
  if (!url && start.state === 'running')
    return ok('Only workers run here; set PUBLIC_URL to look at the dashboard, too');
  if (!url)
    return warning('Batchyard does not run here', 'Start it; or set PUBLIC_URL if its dashboard runs elsewhere.');
  let response: Response;
  try {
    response = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    return broken(
      `${url} can’t be reached: ${whyUnreachable(error)}`,
      'Read web.log in DATA_DIR/logs; restart Batchyard if it hangs.',
    );
  }
  const body = (await response.json().catch(() => ({}))) as { status?: unknown; detail?: unknown };
  if (response.status === 503)
    return broken(`${url} is not ready: ${body.detail}`, 'See the database and the queue below.');
  if (body.status === 'degraded')
    return warning(`${url} serves, but its queue is away: launches wait`, 'See the queue below.');
  if (body.status === 'ready') return ok(`${url} serves`);
  return broken(
    `${url} answers ${response.status}, but not as Batchyard does`,
    'Check PORT, PUBLIC_URL and the proxy in front.',
  );
}

/** @param examined what compiling and examining the job files found */
export function lookAtJobs({ entries, folder }: Manifest): Said {
  if (entries.length === 0) return ok('no own job files');
  const wrong = entries.flatMap(({ error, path }) =>
    error ? [`${error.file || path}${error.line ? `:${error.line}` : ''}  ${error.message}`] : [],
  );
  const usable = `${entries.length - wrong.length} usable in ${folder}`;
  return wrong.length === 0
    ? ok(usable)
    : broken(
        `${usable}, ${wrong.length} broken\n${wrong.join('\n')}`,
        'Correct the lines above; batchyard jobs check looks again.',
      );
}
