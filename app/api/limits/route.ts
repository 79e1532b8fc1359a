import { limitsQuery, setLimitsBody } from '@/lib/contracts/limits';
import { getLimits, setLimits } from '@/lib/domain/organization/limits/limits';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'limit.see', query: limitsQuery, uncounted: true }, ({ context, query }) =>
    getLimits(context, query.organizationId),
  ),
  PUT: route({ permission: 'limit.update', body: setLimitsBody, uncounted: true }, ({ context, body }) =>
    setLimits(context, body),
  ),
});
