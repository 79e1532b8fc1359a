import { describeTable } from '@/lib/domain/import/table/find-table';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, ({ context, params }) => describeTable(context, idOf(params))),
});
