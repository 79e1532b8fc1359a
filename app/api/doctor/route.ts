import { listStuckBatches } from '@/lib/domain/doctor/list-stuck-batches';
import { listPausedQueues } from '@/lib/domain/doctor/paused-queues';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, async ({ context }) => {
    const [batches, queues] = await Promise.all([listStuckBatches(context), listPausedQueues()]);
    return { batches, queues };
  }),
});
