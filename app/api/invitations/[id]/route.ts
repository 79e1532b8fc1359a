import { revokeInvitation } from '@/lib/domain/organization/invitations';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: route({ permission: 'invitation.revoke' }, async ({ context, params }) => ({
    invitation: await revokeInvitation(context, idOf(params)),
  })),
});
