import { requestResetBody } from '@/lib/contracts/password';
import { requestReset } from '@/lib/domain/auth/reset-password';
import { originOf } from '@/lib/http/authenticate';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ auth: 'none', body: requestResetBody }, async ({ request, body, requestId }) => {
    await requestReset(body.email, originOf(request, requestId));
    return { requested: true };
  }),
});
