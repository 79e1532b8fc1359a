import { renameApiKeyBody } from '@/lib/contracts/api-key';
import { renameApiKey } from '@/lib/domain/auth/rename-api-key';
import { revokeApiKey } from '@/lib/domain/auth/revoke-api-key';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ permission: 'api-key.update', body: renameApiKeyBody }, async ({ context, params, body }) => ({
    apiKey: await renameApiKey(context, idOf(params), body.name),
  })),
  DELETE: route({ permission: 'api-key.revoke' }, async ({ context, params }) => ({
    apiKey: await revokeApiKey(context, idOf(params)),
  })),
});
