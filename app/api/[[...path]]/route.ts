import { methods, route, unknownPath } from '@/lib/http/route';

const refuse = route({ auth: 'none' }, ({ request }) => unknownPath(request));

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: refuse,
  POST: refuse,
  PUT: refuse,
  PATCH: refuse,
  DELETE: refuse,
});
