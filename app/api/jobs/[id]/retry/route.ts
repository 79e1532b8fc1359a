import { retryJobBody } from '@/lib/contracts/job';
import { retryJob } from '@/lib/domain/job/retry-job';
import { DATA_BODY_BYTES } from '@/lib/http/limits';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(
    { permission: 'job.retry', body: retryJobBody, bodyLimit: DATA_BODY_BYTES },
    async ({ context, params, body }) => ({
      job: await retryJob(context, idOf(params), body),
    }),
  ),
});
