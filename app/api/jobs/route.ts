import { createJobBody } from '@/lib/contracts/job';
import { listJobsQuery } from '@/lib/contracts/job-queries';
import { createJob } from '@/lib/domain/job/create-job';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { repeatableOf } from '@/lib/http/idempotency';
import { jsonResponse } from '@/lib/http/json';
import { DATA_BODY_BYTES } from '@/lib/http/limits';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see', query: listJobsQuery }, ({ context, query }) => listJobs(context, query)),
  POST: route(
    { permission: 'job.launch', keyed: 'job', body: createJobBody, bodyLimit: DATA_BODY_BYTES },
    async ({ context, request, body }) => {
      const { outcome, job } = await createJob(context, body, repeatableOf(request));
      return jsonResponse(
        { jobId: job.id, job },
        { status: outcome === 'created' ? 201 : 200, headers: { location: `/api/jobs/${job.id}` } },
      );
    },
  ),
});
