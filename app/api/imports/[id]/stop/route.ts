import { stopImport } from '@/lib/domain/import/stop-import';
import { idOf, methods, route } from '@/lib/http/route';
import { emptyBody } from '@/lib/http/validate';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'import.launch', body: emptyBody }, ({ context, params }) =>
    stopImport(context, idOf(params)),
  ),
});
