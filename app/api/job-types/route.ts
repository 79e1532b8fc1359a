import { listAllowedTypes } from '@/lib/domain/job-type/list-job-types';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job-type.see' }, async ({ context }) => ({ jobTypes: await listAllowedTypes(context) })),
});
