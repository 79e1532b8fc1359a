import { isReady } from '@/lib/domain/health';
import { notReady } from '@/lib/http/problem';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ auth: 'none' }, async () => ((await isReady()) ? { status: 'ready' } : notReady())),
});
