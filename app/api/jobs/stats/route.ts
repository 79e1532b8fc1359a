import { getJobStats } from '@/lib/domain/job/get-job-stats';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see' }, ({ context }) => getJobStats(context)),
});
