import { readThroughput } from '@/lib/domain/batch/read-throughput';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, ({ context, params }) => readThroughput(context, idOf(params))),
});
