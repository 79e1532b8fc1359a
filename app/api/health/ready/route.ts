import { healthResponse } from '@/lib/http/health';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ auth: 'none' }, ({ request }) => healthResponse(request)),
});
