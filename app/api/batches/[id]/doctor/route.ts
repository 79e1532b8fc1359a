import { diagnoseBatch } from '@/lib/domain/doctor/diagnose-batch';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, ({ context, params }) => diagnoseBatch(context, idOf(params))),
});
