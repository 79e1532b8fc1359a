import { getJob } from '@/lib/domain/job/get-job';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see' }, async ({ context, params }) => ({ job: await getJob(context, idOf(params)) })),
});
