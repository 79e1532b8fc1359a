import { createViewBody, listViewsQuery } from '@/lib/contracts/view';
import { createView } from '@/lib/domain/view/create-view';
import { listViews } from '@/lib/domain/view/list-views';
import { jsonResponse } from '@/lib/http/json';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'view.see', query: listViewsQuery }, ({ context, query }) => listViews(context, query)),
  POST: route({ permission: 'view.create', body: createViewBody }, async ({ context, body }) =>
    jsonResponse({ view: await createView(context, body) }, { status: 201 }),
  ),
});
