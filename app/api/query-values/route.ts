import { listValuesQuery } from '@/lib/contracts/query-values';
import { listValues } from '@/lib/domain/query/list-values';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see', query: listValuesQuery }, ({ context, query }) => listValues(context, query)),
});
