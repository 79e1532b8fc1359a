import { drainNode } from '@/lib/domain/worker/drain-node';
import { idOf, methods, route } from '@/lib/http/route';
import { emptyBody } from '@/lib/http/validate';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'worker.drain', body: emptyBody }, ({ context, params }) =>
    drainNode(context, idOf(params), { draining: true }),
  ),
});
