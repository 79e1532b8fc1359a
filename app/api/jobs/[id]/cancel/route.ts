import { cancelBody } from '@/lib/contracts/job';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ permission: 'job.cancel', body: cancelBody }, async ({ context, params, body }) => ({
    job: await cancelJob(context, idOf(params), body),
  })),
});
