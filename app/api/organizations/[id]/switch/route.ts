import { switchOrganization } from '@/lib/domain/organization/switch-organization';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ anyOrganization: true }, async ({ context, params }) => ({
    organization: await switchOrganization(context, idOf(params)),
  })),
});
