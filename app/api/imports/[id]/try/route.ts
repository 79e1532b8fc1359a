import { tryImportBody } from '@/lib/contracts/import';
import { tryRows } from '@/lib/domain/import/try-rows';
import { jsonResponse } from '@/lib/http/json';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'import.launch', body: tryImportBody }, async ({ context, params, body }) =>
    jsonResponse(await tryRows(context, idOf(params), body), { status: 201 }),
  ),
});
