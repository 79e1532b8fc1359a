import { resumeQueueBody } from '@/lib/contracts/doctor';
import { resumePausedQueue } from '@/lib/domain/doctor/paused-queues';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'queue.resume', body: resumeQueueBody }, ({ context, body }) =>
    resumePausedQueue(context, body.queue),
  ),
});
