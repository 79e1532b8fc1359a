import { updateOrganizationBody } from '@/lib/contracts/organization';
import { deleteOrganization } from '@/lib/domain/organization/delete-organization';
import { updateOrganization } from '@/lib/domain/organization/update-organization';
import { idOf, methods, route } from '@/lib/http/route';

// The domain checks the permission in the organization that the path names, not in the caller's present one.
export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ permission: 'signed-in', body: updateOrganizationBody }, async ({ context, params, body }) => ({
    organization: await updateOrganization(context, idOf(params), body),
  })),
  DELETE: route({ permission: 'signed-in' }, ({ context, params }) => deleteOrganization(context, idOf(params))),
});
