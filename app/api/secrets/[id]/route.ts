import { deleteSecret } from '@/lib/domain/secret/delete-secret';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: route({ permission: 'secret.delete' }, async ({ context, params }) => ({
    secret: await deleteSecret(context, idOf(params)),
  })),
});
