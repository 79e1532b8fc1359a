import { rotateApiKeyBody } from '@/lib/contracts/api-key';
import { rotateApiKey } from '@/lib/domain/auth/rotate-api-key';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'api-key.rotate', body: rotateApiKeyBody }, ({ context, params, body }) =>
    rotateApiKey(context, idOf(params), body),
  ),
});
