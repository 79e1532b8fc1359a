import { createSecretBody } from '@/lib/contracts/secret';
import { createSecret } from '@/lib/domain/secret/create-secret';
import { listSecrets } from '@/lib/domain/secret/list-secrets';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'secret.see' }, async ({ context }) => ({ secrets: await listSecrets(context) })),
  POST: route({ permission: 'secret.create', body: createSecretBody }, async ({ context, body }) =>
    jsonResponse({ secret: await createSecret(context, body) }, { status: 201 }),
  ),
});
