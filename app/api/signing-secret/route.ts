import { createSigningSecret } from '@/lib/domain/notification/channel/signing-secret';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'signing-secret.create' }, async ({ context }) =>
    jsonResponse({ secret: await createSigningSecret(context) }, { status: 201 }),
  ),
});
