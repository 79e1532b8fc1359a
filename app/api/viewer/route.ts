import { getViewer } from '@/lib/domain/auth';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({}, ({ context }) => getViewer(context)),
});
