import { pauseAllBody } from '@/lib/contracts/steering';
import { pauseAll } from '@/lib/domain/pause/pause-all';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'organization.pause', body: pauseAllBody }, ({ context, body }) => pauseAll(context, body)),
});
