import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'capacity.see' }, ({ context }) => getCapacity(context)),
});
