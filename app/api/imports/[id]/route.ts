import { changeImportBody } from '@/lib/contracts/import';
import { changeImport } from '@/lib/domain/import/change-import';
import { deleteImport, getImport } from '@/lib/domain/import/imports';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'import.see' }, ({ context, params }) => getImport(context, idOf(params))),
  PATCH: route({ permission: 'import.launch', body: changeImportBody }, ({ context, params, body }) =>
    changeImport(context, idOf(params), body),
  ),
  DELETE: route({ permission: 'import.launch' }, ({ context, params }) => deleteImport(context, idOf(params))),
});
