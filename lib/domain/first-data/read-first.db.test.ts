import { expect, it, vi } from 'vitest';
import { logger } from '@/lib/config/logger';
import { DomainError } from '@/lib/domain/errors';
import { createContext } from '@/lib/testing/factories';
import { until } from '@/lib/testing/until';
import { readFirst } from './read-first';

const never = () => new Promise<never>(() => undefined);

it('returns answers as the API would send them, without what is refused, fails or takes too long', async () => {
  const context = await createContext();
  const warned = vi.spyOn(logger, 'warn');
  const answers = await readFirst(
    context,
    [
      { key: ['one'], read: async ({ organizationId }) => ({ organizationId, at: new Date(0), left: undefined }) },
      { key: ['list'], read: async () => ({ rows: [] }), paged: true },
      { key: ['refused'], read: async () => Promise.reject(new DomainError('forbidden', 'no')) },
      { key: ['broken'], read: async () => Promise.reject(new Error('the disk is full')) },
      { key: ['slow'], read: never },
    ],
    { waitMs: 500 },
  );
  expect(answers).toEqual([
    {
      key: ['one'],
      json: JSON.stringify({ organizationId: context.organizationId, at: '1970-01-01T00:00:00.000Z' }),
      paged: false,
    },
    { key: ['list'], json: '{"rows":[]}', paged: true },
  ]);
  expect(warned.mock.calls.map(([fields]) => (fields as { query?: unknown }).query)).toEqual([['broken']]);
});

it('logs a failure that comes too late', async () => {
  const warned = vi.spyOn(logger, 'warn').mockClear();
  const failing: ((error: Error) => void)[] = [];
  const read = () => new Promise<never>((_, reject) => failing.push(reject));
  expect(await readFirst(await createContext(), [{ key: ['late'], read }], { waitMs: 50 })).toEqual([]);
  await until('it is read', () => failing.length > 0);
  failing[0]?.(new Error('late'));
  await until('it is logged', () => warned.mock.calls.length > 0);
});
