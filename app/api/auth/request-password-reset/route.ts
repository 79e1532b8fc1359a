import { requestResetBody } from '@/lib/contracts/password';
import { requestReset } from '@/lib/domain/auth/reset-password';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ auth: 'none', body: requestResetBody }, async ({ body }) => {
    await requestReset(body.email);
    return { requested: true };
  }),
});
