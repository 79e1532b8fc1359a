import { listMappingsQuery, saveMappingBody } from '@/lib/contracts/import';
import { listMappings, saveMapping } from '@/lib/domain/import/mappings';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'import.see', query: listMappingsQuery }, ({ context, query }) =>
    listMappings(context, query),
  ),
  POST: route({ permission: 'import.launch', body: saveMappingBody }, async ({ context, body }) =>
    jsonResponse(await saveMapping(context, body), { status: 201 }),
  ),
});
