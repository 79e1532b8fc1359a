import { redeliver } from '@/lib/domain/notification/delivery/redeliver';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'delivery.redeliver' }, async ({ context, params }) => ({
    delivery: await redeliver(context, idOf(params)),
  })),
});
