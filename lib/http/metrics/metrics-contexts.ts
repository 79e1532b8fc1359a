import { createHash, timingSafeEqual } from 'node:crypto';
import { env } from '@/lib/config/env';
import { type Context, requirePermission, systemContext } from '@/lib/domain/context';
import { listOrganizationIds } from '@/lib/domain/organization/list-organization-ids';
import { authenticate } from '@/lib/http/authenticate';
import { bearerOf } from '@/lib/http/headers';

/**
 * Returns the organizations that a scrape may count: all with METRICS_TOKEN, its own with an administrator's key.
 * @throws DomainError `unauthenticated`, `forbidden`
 */
export async function metricsContexts(request: Request): Promise<Context[]> {
  const token = bearerOf(request.headers);
  const expected = env().METRICS_TOKEN;
  if (token && expected && isSame(token, expected)) return (await listOrganizationIds()).map(systemContext);
  const { context } = await authenticate(request);
  requirePermission(context, 'metrics.see', 'read metrics');
  return [context];
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
