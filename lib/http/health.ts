import { setTimeout as wait } from 'node:timers/promises';
import type { HealthDto, HealthPart } from '@/lib/contracts/health';
import { DomainError } from '@/lib/domain/errors';
import { listParts } from '@/lib/domain/health/list-parts';
import { getReadiness, type Readiness } from '@/lib/domain/health/readiness';
import { authenticate } from './authenticate';
import { notReady } from './problem';
import { isDiskFull, isUnavailable } from './unavailable';

/** Timeout for authentication, which needs the database. The response must not wait longer than this. */
const PATIENCE_MS = 400;

/** `GET /api/health/ready`: whether jobs can run; for an administrator with a key also the state of each part. */
export async function healthResponse(request: Request): Promise<Response | HealthDto> {
  const readiness = await getReadiness();
  const parts = request.headers.has('authorization') ? await partsFor(request, readiness) : undefined;
  if (readiness.status === 'unready') return notReady(parts);
  return { status: readiness.status, ...(parts ? { parts } : {}) };
}

async function partsFor(request: Request, readiness: Readiness): Promise<HealthPart[] | undefined> {
  try {
    const known = await Promise.race([authenticate(request), wait(PATIENCE_MS, undefined, { ref: false })]);
    return known ? await listParts(known.context, readiness) : undefined;
  } catch (error) {
    if (error instanceof DomainError || isUnavailable(error) || isDiskFull(error)) return undefined;
    throw error;
  }
}
