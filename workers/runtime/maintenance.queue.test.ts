import { expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { createContext } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { launchItems } from '@/lib/testing/run-batch';
import { until } from '@/lib/testing/until';
import { Dispatcher } from './dispatcher';
import { runMaintenance } from './maintenance';

test('maintenance starts other batches while a cancel waits or takes long', async () => {
  const context = await createContext();
  const cancelled = (await launchItems(context, 3)).result.batchId;
  await pool().query(`update batch set cancel_mode = 'graceful' where id = $1`, [cancelled]);
  const dispatcher = new Dispatcher();
  const round = () => runMaintenance({ dispatcher, round: 1, abort: () => undefined, queueIsBack: false });
  const holder = await pool().connect();
  try {
    // The cancel of the rows waits for this lock, as it would take long with a million of them.
    await holder.query('begin');
    await holder.query('select 1 from batch_dispatch where batch_id = $1 for update', [cancelled]);
    await round();
    const queued = (await launchItems(await createContext(), 1, { start: 'queue' })).result.batchId;
    await pool().query(`update batch set status = 'pending', queued_at = now(), started_at = null where id = $1`, [
      queued,
    ]);
    expect(await round()).toEqual([queued]);
    expect(await getBatch(context, cancelled)).toMatchObject({ cancelled: 0, status: 'in-progress' });
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  await until('the cancel is carried out', async () => {
    await round();
    return (await getBatch(context, cancelled)).status === 'cancelled';
  });
  await dispatcher.stop();
  await expectConsistent();
});
