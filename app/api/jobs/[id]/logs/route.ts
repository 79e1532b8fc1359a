import { readJobLogs } from '@/lib/domain/job/read-job-logs';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see' }, async ({ context, params }) => ({
    lines: await readJobLogs(context, idOf(params)),
  })),
});
