import { mendBatch } from '@/lib/domain/doctor/mend-batch';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({}, ({ context, params }) => mendBatch(context, idOf(params))),
});
