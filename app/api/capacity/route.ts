import { getCapacity } from '@/lib/domain/capacity';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({}, () => getCapacity()),
});
