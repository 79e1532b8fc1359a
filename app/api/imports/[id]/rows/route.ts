import { fixRowBody } from '@/lib/contracts/import';
import { fixRow } from '@/lib/domain/import/fix-row';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ permission: 'import.launch', body: fixRowBody }, ({ context, params, body }) =>
    fixRow(context, idOf(params), body),
  ),
});
