import { getViewer } from '@/lib/domain/auth/get-viewer';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'signed-in' }, ({ context }) => getViewer(context)),
});
