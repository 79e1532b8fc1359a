import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { env } from './env';
import { productFolder } from './place';

/** The scripts of threads, in `workers/`. */
export type ThreadName = 'expression-thread' | 'extract-thread' | 'train-thread';

/**
 * Starts a thread: a compiled script, or in development the source. Tests compile the workers before they begin,
 * because a thread from source has to load tsx first.
 */
export function startThread(name: ThreadName, options: Pick<WorkerOptions, 'resourceLimits' | 'workerData'>): Worker {
  const fromSource = env().NODE_ENV === 'development';
  const file = fromSource ? ['workers', `${name}.ts`] : ['dist', 'workers', `${name}.js`];
  // Next.js bundles the dashboard and does not support worker threads, so the path starts from the product's folder.
  const url = JSON.stringify(pathToFileURL(join(productFolder(), ...file)).href);
  const load = fromSource
    ? `import('tsx/esm/api').then(({ register }) => { register(); return import(${url}); });`
    : `import(${url});`;
  return new Worker(load, { eval: true, execArgv: [], ...options });
}
