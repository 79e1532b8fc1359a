import { env } from '@/lib/config/env';

/** The queue backend of this test file. A `*.queue.test.ts` runs once with each. */
export const backend = (): 'postgres' | 'redis' => (env().REDIS_URL ? 'redis' : 'postgres');
