import { headers } from 'next/headers';
import { cache } from 'react';
import { authenticateSession } from '@/lib/domain/auth/authenticate-session';
import { whileAnswering } from '@/lib/domain/health/while-answering';

/** Returns the session of the request that is rendered, read once for its layout and its page; null without one. */
export const sessionOfRequest = cache(async () => whileAnswering(authenticateSession(await headers())));
