import { listFailureGroups } from '@/lib/domain/batch/list-failure-groups';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, ({ context, params }) => listFailureGroups(context, idOf(params))),
});
