import { listFiringsQuery } from '@/lib/contracts/firing';
import { listFirings } from '@/lib/domain/schedule/read-schedules';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'schedule.see', query: listFiringsQuery }, ({ context, params, query }) =>
    listFirings(context, idOf(params), query),
  ),
});
