import { updateMemberBody } from '@/lib/contracts/member';
import { removeMember, updateMember } from '@/lib/domain/organization/change-member';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ permission: 'member.update', body: updateMemberBody }, async ({ context, params, body }) => ({
    member: await updateMember(context, idOf(params), body),
  })),
  DELETE: route({ permission: 'member.remove' }, async ({ context, params }) => ({
    member: await removeMember(context, idOf(params)),
  })),
});
