import { activityQuery } from '@/lib/contracts/audit';
import { listActivity } from '@/lib/domain/audit/list-activity';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'schedule.see', query: activityQuery }, ({ context, params, query }) =>
    listActivity(context, 'schedule', idOf(params), query),
  ),
});
