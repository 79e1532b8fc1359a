import { switchOrganization } from '@/lib/domain/organization/switch-organization';
import { idOf, methods, route } from '@/lib/http/route';

// The domain checks the permission in the organization that the path names, not in the caller's present one.
export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(
    { permission: 'session', anyOrganization: true, withoutSecondFactor: true },
    async ({ context, params }) => ({
      organization: await switchOrganization(context, idOf(params)),
    }),
  ),
});
