import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import next from 'next';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { createFront, FRONT } from '@/lib/http/front/create-front';
import { compressedPaths } from '@/lib/http/front/prefer-compressed';

// Runs the dashboard and the API: the web framework in our own HTTP server.
/** The time limit for running requests at a stop; event streams never end. The supervisor waits a second longer. */
const STOP_MS = 3000;

const { HOST: hostname, PORT: port, NODE_ENV } = env();
const dev = NODE_ENV === 'development';
const server = createFront((request, response) => app.getRequestHandler()(request, response), {
  ...FRONT,
  dev,
  ...(dev ? {} : { compressed: compressedPaths(join(process.cwd(), '.next', 'static')) }),
});
const app = next({ dev, dir: process.cwd(), hostname, port, httpServer: server });

async function stop(): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await Promise.race([closed, sleep(STOP_MS)]);
  server.closeAllConnections();
  await app.close();
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop().catch((error: unknown) => {
      logger.warn({ err: error }, 'the dashboard did not stop in order');
      process.exit(1);
    });
  });
}

server.on('error', (error) => {
  logger.fatal({ err: error }, `the dashboard can't listen on ${hostname}:${port}`);
  process.exit(1);
});
await app.prepare();
server.listen(port, hostname);
