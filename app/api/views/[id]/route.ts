import { updateViewBody } from '@/lib/contracts/view';
import { deleteView } from '@/lib/domain/view/delete-view';
import { updateView } from '@/lib/domain/view/update-view';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PATCH: route({ permission: 'view.update', body: updateViewBody }, async ({ context, params, body }) => ({
    view: await updateView(context, idOf(params), body),
  })),
  DELETE: route({ permission: 'view.delete' }, async ({ context, params }) => ({
    view: await deleteView(context, idOf(params)),
  })),
});
