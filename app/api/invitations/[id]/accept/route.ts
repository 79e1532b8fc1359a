import { acceptInvitationBody } from '@/lib/contracts/member';
import { acceptInvitation } from '@/lib/domain/organization/accept-invitation';
import { authenticatePerson, originOf } from '@/lib/http/authenticate';
import { jsonResponse } from '@/lib/http/json';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ auth: 'none', body: acceptInvitationBody }, async ({ request, params, body, requestId }) => {
    const person = await authenticatePerson(request);
    const member = await acceptInvitation(idOf(params), body, {
      userId: person?.context.actor.id,
      origin: originOf(request, requestId),
    });
    return jsonResponse({ member }, { status: 201 });
  }),
});
