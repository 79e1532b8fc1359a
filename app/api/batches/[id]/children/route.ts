import { registerChildBody } from '@/lib/contracts/batch';
import { registerChild } from '@/lib/domain/batch/register-child';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'batch.change', body: registerChildBody }, ({ context, params, body }) =>
    registerChild(context, idOf(params), body.jobId),
  ),
});
