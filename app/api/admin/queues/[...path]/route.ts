import { boardResponse, forBrowsers } from '@/lib/http/board';
import { methods, route } from '@/lib/http/route';

// The board creates its own paths below /admin/queues. Its first page arrives here as `board`.
const handler = forBrowsers(
  route({ permission: 'board.use' }, ({ context, request, params }) =>
    boardResponse(context, request, params.path === 'board' ? '/' : `/${params.path ?? ''}`),
  ),
);

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: handler,
  POST: handler,
  PUT: handler,
  PATCH: handler,
  DELETE: handler,
});
