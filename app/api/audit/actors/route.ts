import { listActors } from '@/lib/domain/audit/list-actors';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'audit.see' }, ({ context }) => listActors(context)),
});
