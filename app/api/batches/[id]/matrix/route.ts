import { readMatrix } from '@/lib/domain/batch/read-matrix';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see' }, async ({ context, params }) => {
    const cells = await readMatrix(context, idOf(params));
    return new Response(Uint8Array.from(cells), { headers: { 'content-type': 'application/octet-stream' } });
  }),
});
