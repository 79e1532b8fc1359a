import { describe, expect, it, vi } from 'vitest';
import { logger } from '@/lib/config/logger';
import { ERROR_STATUS, type ErrorCode } from '@/lib/contracts/errors';
import { DomainError } from '@/lib/domain/errors';
import { errorResponse, startFailure } from './problem';
import { isUnavailable } from './unavailable';

const read = async (error: unknown) => {
  const response = errorResponse(error, 'r-1', 'GET /api/x');
  return { response, body: (await response.json()) as Record<string, unknown> };
};

describe('errorResponse', () => {
  it.each(Object.entries(ERROR_STATUS))('answers %s with %i', async (code, status) => {
    const { response, body } = await read(new DomainError(code as ErrorCode, 'why'));
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ status, code, detail: 'why', title: expect.stringMatching(/^[A-Z]/) });
  });

  it('contains issues, extras and Retry-After', async () => {
    const errors = [{ row: 2, path: 'durationMs', message: 'too big' }];
    const { response, body } = await read(
      new DomainError('capacity-reached', 'full', {
        errors,
        retryAfterSeconds: 4.2,
        extra: { maxBatches: 2, status: 999 },
      }),
    );
    expect(response.headers.get('retry-after')).toBe('5');
    expect(body).toMatchObject({ status: 429, maxBatches: 2, errors });
  });

  it('logs who was refused a permission, or came from a page of another site', async () => {
    const warned = vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
    await read(new DomainError('forbidden', 'no'));
    await read(new DomainError('bad-origin', 'no'));
    await read(new DomainError('not-found', 'no'));
    const where = { requestId: 'r-1', where: 'GET /api/x' };
    expect(warned.mock.calls.map(([fields]) => fields)).toEqual([
      { code: 'forbidden', ...where },
      { code: 'bad-origin', ...where },
    ]);
    warned.mockRestore();
  });

  it('asks for a key if there is none', async () => {
    const { response } = await read(new DomainError('unauthenticated', 'who?'));
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('contains no internals of an unexpected error', async () => {
    const { response, body } = await read(new Error('select secret from table'));
    expect(response.status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(body).toMatchObject({ code: 'internal-error', requestId: 'r-1' });
  });

  it('answers 503 when the database is away', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const { response, body } = await read(new Error('query failed', { cause: new AggregateError([refused]) }));
    expect(response.status).toBe(503);
    expect(body.code).toBe('unavailable');
    expect(response.headers.get('retry-after')).toBe('2');
  });

  it.each(['ENOSPC', 'EDQUOT', '53100'])('reports a full disk, of the product or of Postgres (%s)', async (code) => {
    const full = Object.assign(new Error('no space left'), { code });
    const { response, body } = await read(new Error('it was not stored', { cause: full }));
    expect(response.status).toBe(503);
    expect(body.detail).toContain('No room is left on the disk');
  });
});

describe('isUnavailable', () => {
  it.each(['08006', '57P01', 'P1001', 'ETIMEDOUT'])('recognizes the code %s', (code) => {
    expect(isUnavailable(Object.assign(new Error('x'), { code }))).toBe(true);
  });
  it("recognizes the driver's messages, and no others", () => {
    expect(isUnavailable(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isUnavailable(Object.assign(new Error('duplicate key'), { code: '23505' }))).toBe(false);
    expect(isUnavailable('a string')).toBe(false);
  });
});

describe('startFailure', () => {
  it('keeps refusals and outages, and wraps other errors', () => {
    const refusal = new DomainError('capacity-reached', 'full');
    expect(startFailure(refusal)).toBe(refusal);
    expect(startFailure(new Error('boom'))).toMatchObject({ code: 'start-failed', status: 500 });
  });
});
