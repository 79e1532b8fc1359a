import { seeDeadLetterCount } from '@/lib/domain/dead-letter/count-dead-letters';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see' }, ({ context }) => seeDeadLetterCount(context)),
});
