import { listUsersQuery } from '@/lib/contracts/person';
import { listUsers } from '@/lib/domain/privacy/list-users';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'user.see', query: listUsersQuery }, ({ context, query }) => listUsers(context, query)),
});
