import { createImportBody } from '@/lib/contracts/import';
import { createImport } from '@/lib/domain/import/create-import';
import { listImports } from '@/lib/domain/import/imports';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'import.see' }, ({ context }) => listImports(context)),
  POST: route({ permission: 'import.launch', body: createImportBody }, async ({ context, body }) => {
    const made = await createImport(context, body);
    return jsonResponse(made, { status: 201, headers: { location: `/api/imports/${made.import.id}` } });
  }),
});
