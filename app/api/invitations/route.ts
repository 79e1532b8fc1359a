import { createInvitationBody } from '@/lib/contracts/member';
import { createInvitation, listInvitations } from '@/lib/domain/organization/invitations';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'invitation.see' }, async ({ context }) => ({
    invitations: await listInvitations(context),
    nextCursor: null,
  })),
  POST: route({ permission: 'invitation.create', body: createInvitationBody }, async ({ context, body }) =>
    jsonResponse({ invitation: await createInvitation(context, body) }, { status: 201 }),
  ),
});
