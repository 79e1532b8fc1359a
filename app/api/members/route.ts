import { listMembers } from '@/lib/domain/organization/list-members';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'member.see' }, async ({ context }) => ({
    members: await listMembers(context),
    nextCursor: null,
  })),
});
