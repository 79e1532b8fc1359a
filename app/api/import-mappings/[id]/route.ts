import { deleteMapping } from '@/lib/domain/import/mappings';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: route({ permission: 'import.launch' }, ({ context, params }) => deleteMapping(context, idOf(params))),
});
