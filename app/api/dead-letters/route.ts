import { listDeadLettersQuery } from '@/lib/contracts/dead-letter';
import { listDeadLetters } from '@/lib/domain/dead-letter/list-dead-letters';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see', query: listDeadLettersQuery }, ({ context, query }) =>
    listDeadLetters(context, query),
  ),
});
