import { repairBatch } from '@/lib/domain/doctor/repair-batch';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.repair' }, ({ context, params }) => repairBatch(context, idOf(params))),
});
