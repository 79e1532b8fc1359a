import { listMappingsQuery, saveMappingBody } from '@/lib/contracts/import';
import { listMappings, saveMapping } from '@/lib/domain/import';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ query: listMappingsQuery }, ({ context, query }) => listMappings(context, query)),
  POST: route({ body: saveMappingBody }, async ({ context, body }) =>
    Response.json(await saveMapping(context, body), { status: 201 }),
  ),
});
