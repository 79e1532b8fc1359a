import { deletePersonBody } from '@/lib/contracts/person';
import { deletePerson } from '@/lib/domain/privacy/delete-person';
import { previewDeletion } from '@/lib/domain/privacy/preview-deletion';
import { jsonResponse } from '@/lib/http/json';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'user.delete' }, async ({ context, params }) => ({
    deletion: await previewDeletion(context, idOf(params)),
  })),
  POST: route({ permission: 'user.delete', body: deletePersonBody }, async ({ context, params, body }) =>
    jsonResponse({ deletion: await deletePerson(context, idOf(params), body) }, { status: 201 }),
  ),
});
