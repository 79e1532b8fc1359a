import { previewItemsBody } from '@/lib/contracts/scheduled-launch';
import { previewItems } from '@/lib/domain/schedule/items/preview-items';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'schedule.create', body: previewItemsBody }, ({ context, body }) =>
    previewItems(context, body),
  ),
});
