import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@/lib/testing/until';

// A separate role, so that only this file runs out of connections.
const url = new URL(process.env.DATABASE_URL ?? '');
const admin = new pg.Client({ connectionString: url.href });
const role = `few_${url.pathname.slice(1)}`;

/** Limits the connections of the role (-1: unlimited) and terminates the open ones. */
async function allow(connections: number): Promise<void> {
  await admin.query(`alter role ${role} connection limit ${connections}`);
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
}

beforeAll(async () => {
  await admin.connect();
  await admin.query(`create role ${role} login password 'few' in role "${url.username}"`);
  url.username = role;
  url.password = 'few';
  process.env.DATABASE_URL = url.href;
});

afterAll(async () => {
  const [{ closeQueues }, { closeEvents }] = await Promise.all([import('./queues'), import('@/lib/events/relay')]);
  await Promise.all([closeQueues(), closeEvents()]);
  await allow(0);
  await admin.query(`drop owned by ${role}`);
  await admin.query(`drop role ${role}`);
  await admin.end();
});

test('a connection that was opened while Postgres had none left works once it has one', async () => {
  const { flowProducer, queueOf } = await import('./queues');
  const { queueClasses } = await import('./queues');
  const { publish, subscribe } = await import('@/lib/events/relay');
  await allow(0);
  const { Worker } = queueClasses();
  let worked = 0;
  const worker = new Worker(
    'diagnostic',
    async () => {
      worked += 1;
    },
    {},
  );
  let failures = 0;
  worker.on('error', () => {
    failures += 1;
  });
  const refusal = { code: '53300' };
  await expect(queueOf('diagnostic').add('diagnostic', { jobId: '1' })).rejects.toMatchObject(refusal);
  await expect(flowProducer().add({ name: 'flow', queueName: 'diagnostic' })).rejects.toMatchObject(refusal);
  await expect(publish('control', { startQueued: true })).rejects.toMatchObject(refusal);
  await until('the worker was refused several times', () => failures > 3);

  await allow(-1);
  let heard = 0;
  await subscribe('control', () => {
    heard += 1;
  });
  await publish('control', { startQueued: true });
  await queueOf('diagnostic').add('diagnostic', { jobId: '1' });
  await flowProducer().add({ name: 'flow', queueName: 'diagnostic' });
  await until('the worker has done both and the message has come', () => worked === 2 && heard === 1);
  await worker.close();
});
