import { errorsQuery } from '@/lib/contracts/results';
import { sendErrors } from '@/lib/http/results/send-errors';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'batch.see', query: errorsQuery }, ({ context, params, query }) =>
    sendErrors(context, idOf(params), query),
  ),
});
