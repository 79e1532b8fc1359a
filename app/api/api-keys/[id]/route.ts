import { revokeApiKey } from '@/lib/domain/auth/revoke-api-key';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: route({ permission: 'api-key.revoke' }, async ({ context, params }) => ({
    apiKey: await revokeApiKey(context, idOf(params)),
  })),
});
