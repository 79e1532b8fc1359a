import { historyQuery } from '@/lib/contracts/history';
import { readHistory } from '@/lib/domain/history/read-history';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see', query: historyQuery }, ({ context, query }) => readHistory(context, query)),
});
