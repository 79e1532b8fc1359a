import { expect, test } from 'vitest';
import { z } from 'zod';
import { callback } from '@/lib/job-types/callback';
import type { JobTypeDefinition } from '@/lib/job-types/definition';
import type { JobContext } from '@/lib/job-types/job-context';
import { type OwnType, setLoaded } from '@/lib/job-types/own-types';
import { tryJob } from './try-job';

test('runs the processor of a type that defines one', async () => {
  await expect(tryJob('callback', {})).rejects.toMatchObject({ code: 'runs-elsewhere' });
  await expect(tryJob('callback', { unknown: 1 })).rejects.toThrow('Unrecognized key');
});

test('a type whose processor is separate is refused with a reason', async () => {
  await expect(tryJob('diagnostic', {})).rejects.toThrow('test its processor');
});

test('secrets are given by name and hidden in what the work writes', async () => {
  const work = async ({ data, secret, log }: JobContext<string>) => {
    const value = await secret(data);
    log('info', value);
    if (data === 'OTHER') throw new Error(value);
    return value;
  };
  setLoaded([{ ...callback, type: 'own', input: z.string(), output: z.string(), run: work } as JobTypeDefinition]);
  const secrets = { KEY: 'a-long-value', OTHER: 'another-value' };
  expect(await tryJob('own' as OwnType, 'KEY', { secrets })).toMatchObject({
    result: '[secret KEY]',
    logs: ['[secret KEY]'],
  });
  await expect(tryJob('own' as OwnType, 'OTHER', { secrets })).rejects.toThrow('[secret OTHER]');
  await expect(tryJob('own' as OwnType, 'NONE', { secrets })).rejects.toMatchObject({ code: 'unknown-secret' });
  setLoaded([]);
});

test('steps are remembered for the next try', async () => {
  const work = async ({ step, attempt }: JobContext<string>) => [
    await step('a', () => attempt),
    await step('b', () => attempt),
  ];
  setLoaded([{ ...callback, type: 'own', input: z.string(), output: z.unknown(), run: work } as JobTypeDefinition]);
  const { steps } = await tryJob('own' as OwnType, 'x');
  expect(steps).toEqual({ a: 1, b: 1 });
  const again = await tryJob('own' as OwnType, 'x', { attempt: 2, steps: { a: steps.a } });
  expect(again).toMatchObject({ result: [1, 2], steps: { a: 1, b: 2 } });
  setLoaded([]);
});

test('values are shared between tries, by the same rules', async () => {
  const work = async ({ data, kv }: JobContext<string>) => {
    await kv.set(data, { at: new Date(0) }, { expiresInSeconds: 60 });
    return [await kv.get(data), await kv.increment('n'), await kv.delete(data), await kv.delete(data)];
  };
  setLoaded([{ ...callback, type: 'own', input: z.string(), output: z.unknown(), run: work } as JobTypeDefinition]);
  const values = new Map();
  for (const n of [1, 2]) {
    const { result } = await tryJob('own' as OwnType, 'k', { values });
    expect(result).toEqual([{ at: '1970-01-01T00:00:00.000Z' }, n, true, false]);
  }
  await expect(tryJob('own' as OwnType, '', { values })).rejects.toMatchObject({ code: 'invalid-key' });
  setLoaded([]);
});

test('launches are listed, by the same rules', async () => {
  const work = async ({ data, enqueue, launch }: JobContext<string>) => {
    const { count } = await launch('word-count', [{ n: 1 }, { n: 2 }], { key: data });
    await enqueue('mail', { to: data });
    if (data === 'twice') await enqueue('mail', {});
    return count;
  };
  setLoaded([{ ...callback, type: 'own', input: z.string(), output: z.unknown(), run: work } as JobTypeDefinition]);
  expect(await tryJob('own' as OwnType, 'k')).toMatchObject({
    result: 2,
    launches: [
      { kind: 'batch', type: 'word-count', key: 'k', data: [{ n: 1 }, { n: 2 }] },
      { kind: 'job', type: 'mail', key: 'mail', data: { to: 'k' } },
    ],
  });
  await expect(tryJob('own' as OwnType, 'twice')).rejects.toMatchObject({ code: 'duplicate-launch' });
  setLoaded([]);
});
