import { listDeliveriesQuery } from '@/lib/contracts/delivery';
import { listDeliveries } from '@/lib/domain/notification/delivery/list-deliveries';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'delivery.see', query: listDeliveriesQuery }, ({ context, query }) =>
    listDeliveries(context, query),
  ),
});
