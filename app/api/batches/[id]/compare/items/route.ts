import { comparedItemsQuery } from '@/lib/contracts/compare';
import { listComparedItems } from '@/lib/domain/batch/compare/list-compared-items';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see', query: comparedItemsQuery }, ({ context, params, query }) =>
    listComparedItems(context, idOf(params), query),
  ),
});
