import { checkImport } from '@/lib/domain/import/check-import';
import { jsonResponse } from '@/lib/http/json';
import { idOf, methods, route } from '@/lib/http/route';
import { emptyBody } from '@/lib/http/validate';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'import.launch', body: emptyBody }, async ({ context, params }) =>
    jsonResponse(await checkImport(context, idOf(params)), { status: 202 }),
  ),
});
