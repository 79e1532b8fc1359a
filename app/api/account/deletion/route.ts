import { deletePersonBody } from '@/lib/contracts/person';
import { deleteOwnAccount } from '@/lib/domain/privacy/delete-person';
import { previewOwnDeletion } from '@/lib/domain/privacy/preview-deletion';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'session' }, async ({ context }) => ({ deletion: await previewOwnDeletion(context) })),
  POST: route({ permission: 'session', body: deletePersonBody }, async ({ context, body }) =>
    jsonResponse({ deletion: await deleteOwnAccount(context, body) }, { status: 201 }),
  ),
});
