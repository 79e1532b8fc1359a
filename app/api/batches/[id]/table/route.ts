import { describeTable } from '@/lib/domain/import';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({}, ({ context, params }) => describeTable(context, idOf(params))),
});
