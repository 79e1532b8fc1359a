import { renameOrganizationBody } from '@/lib/contracts/organization';
import { deleteOrganization } from '@/lib/domain/organization/delete-organization';
import { renameOrganization } from '@/lib/domain/organization/rename-organization';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ body: renameOrganizationBody }, async ({ context, params, body }) => ({
    organization: await renameOrganization(context, idOf(params), body.name),
  })),
  DELETE: route({}, ({ context, params }) => deleteOrganization(context, idOf(params))),
});
