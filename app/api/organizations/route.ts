import { createOrganizationBody } from '@/lib/contracts/organization';
import { createOrganization } from '@/lib/domain/organization/create-organization';
import { listOrganizations } from '@/lib/domain/organization/list-organizations';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'organization.see' }, async ({ context }) => ({
    organizations: await listOrganizations(context),
    nextCursor: null,
  })),
  POST: route({ permission: 'organization.create', body: createOrganizationBody }, async ({ context, body }) =>
    jsonResponse({ organization: await createOrganization(context, body) }, { status: 201 }),
  ),
});
