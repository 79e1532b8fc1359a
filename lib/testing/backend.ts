import { env } from '@/lib/config/env';

/** Where the queues of this test file live; a `*.queue.test.ts` runs once with each. */
export const backend = (): 'postgres' | 'redis' => (env().REDIS_URL ? 'redis' : 'postgres');
