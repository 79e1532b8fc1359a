import { isFinished } from '@/lib/contracts/status';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { eventually } from '@/lib/testing/until';
import { JobRunner, MessageWorker } from '@/workers/models';
import { type Example, expectEqual, PATIENCE } from './support/stage';

const DO_BIG_JOB = 'example.do_big_job';
const DO_SMALL_JOB = 'example.do_small_job';
const PARTS = ['users', 'orders', 'invoices', 'nonsense', 'shipments'];

/** Document C: a unique root job makes delayed children; their messages come back to this program, which runs them. */
export const run: Example = async ({ context, say }) => {
  const runner = new JobRunner(context);
  const worker = await new MessageWorker(context, {
    [DO_SMALL_JOB]: ({ jobId, message }, own) =>
      own.runDelayed(jobId, async (_, job) => {
        const { smallJob } = message as { smallJob: string };
        say(`  running ${smallJob}`);
        if (smallJob !== 'nonsense') return true; // running → success
        job.log('error', `Invalid data received: "${smallJob}"`);
        return false; // running → failed
      }),
  }).start();
  try {
    let rootId = '';
    const owner = `example ${Date.now()}`;
    const acknowledged = await runner.runUnique(owner, DO_BIG_JOB, async (own, root) => {
      rootId = root.id;
      for (const smallJob of PARTS) {
        await own.createDelayed(`${DO_SMALL_JOB}:${smallJob}`, (_, child) => child.send(DO_SMALL_JOB, { smallJob }));
      }
      const second = await runner.runUnique(`${owner}, again`, DO_BIG_JOB, () => true);
      expectEqual('a second instance while the first is unfinished', second, null);
      say('A second instance was refused.');
      return true;
    });
    expectEqual('the root', acknowledged, true);
    say(`The root and its ${PARTS.length} children: /batches/${rootId}`);
    const root = await eventually(
      'the root has ended',
      () => getBatch(context, rootId),
      (batch) => isFinished(batch.status),
      PATIENCE,
    );
    expectEqual('its totals', [root.status, root.completed, root.failed, root.total], ['partial', 4, 1, 5]);
    expectEqual('its name is free again', await runner.runUnique(`${owner}, later`, DO_BIG_JOB, () => true), true);
    say(`${root.completed} of ${root.total} succeeded, ${root.failed} rejected.`);
  } finally {
    await worker.close();
    await runner.close();
  }
};
