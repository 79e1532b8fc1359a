import { createSecretBody } from '@/lib/contracts/secret';
import { createSecret, listSecrets } from '@/lib/domain/secret';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({}, async ({ context }) => ({ secrets: await listSecrets(context) })),
  POST: route({ body: createSecretBody }, async ({ context, body }) =>
    Response.json({ secret: await createSecret(context, body) }, { status: 201 }),
  ),
});
