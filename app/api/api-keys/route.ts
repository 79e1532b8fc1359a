import { createApiKeyBody } from '@/lib/contracts/api-key';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { listApiKeys } from '@/lib/domain/auth/list-api-keys';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'api-key.see' }, async ({ context }) => ({ apiKeys: await listApiKeys(context) })),
  POST: route({ permission: 'api-key.create', body: createApiKeyBody }, async ({ context, body }) =>
    jsonResponse(await createApiKey(context, body), { status: 201 }),
  ),
});
