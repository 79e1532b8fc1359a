import { env } from './env';

/** Returns the length of a grace period in milliseconds. Only tests that wait until it is over shorten it (`GRACE_SCALE`). */
export const gracePeriod = (ms: number): number => ms * env().GRACE_SCALE;
