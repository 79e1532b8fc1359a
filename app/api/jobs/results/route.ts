import { chosenResultsBody, chosenResultsQuery } from '@/lib/contracts/results';
import { sendChosenResults } from '@/lib/http/results/send-results';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'job.see', query: chosenResultsQuery }, ({ context, query }) =>
    sendChosenResults(context, query),
  ),
  // Ids that were picked do not fit into an address.
  POST: route({ permission: 'job.see', body: chosenResultsBody }, ({ context, body }) =>
    sendChosenResults(context, body),
  ),
});
