import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { DELIVERY_DAYS } from '@/lib/contracts/delivery';
import { pool } from '@/lib/db/pool';
import { createJob } from '@/lib/domain/job/create-job';
import { createRuleFor, endBatch, expanded, sendDue, useListener } from '@/lib/testing/notifications';
import { createHourly } from '@/lib/testing/schedules';
import { expireDeliveries } from './expire-deliveries';

const on = useListener();

const age = (days: number, which = 'true') =>
  pool().query(`update notification_delivery set created_at = now() - make_interval(days => $1) where ${which}`, [
    days,
  ]);

test('old messages are deleted, as many as a round may; young ones and those that are still to be sent stay', async () => {
  await createRuleFor(on, { on: ['batch.finished'] });
  for (let i = 0; i < 5; i++) {
    await endBatch(on.context, ['completed']);
    await expanded(on.context);
  }
  await sendDue();
  await sendDue();
  await sendDue();
  await age(DELIVERY_DAYS - 1);
  expect(await expireDeliveries(100)).toBe(0);
  await age(DELIVERY_DAYS + 1);
  await pool().query(
    `update notification_delivery set status = 'pending', next_at = now() where id = (select max(id::text)::uuid from notification_delivery)`,
  );
  expect(await expireDeliveries(3)).toBe(3);
  expect(await expireDeliveries(100)).toBe(1);
  expect(await expanded(on.context)).toMatchObject([{ status: 'pending' }]);
});

test('receivers are forgotten with what named them, and stay while it is there', async () => {
  await pool().query('delete from notification_target');
  const notify = [{ url: on.receiver.url, secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}` }];
  const { job } = await createJob(on.context, { type: 'diagnostic', data: {}, delayMs: 3_600_000, notify });
  const schedule = await createHourly(on.context, { launch: { job: { type: 'diagnostic', data: {}, notify } } });
  // More than one round examines, so that the last ones are reached too.
  await pool().query(
    `insert into notification_target (owner_id, position, organization_id)
     select gen_random_uuid(), 0, $1 from generate_series(1, 5000)`,
    [randomUUID()],
  );
  for (let round = 0; round < 4; round++) await expireDeliveries(100);
  const { rows } = await pool().query<{ id: string }>(
    'select owner_id as id from notification_target order by owner_id',
  );
  expect(rows.map(({ id }) => id)).toEqual([job.id, schedule].sort());
});
