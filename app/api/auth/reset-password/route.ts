import { resetPasswordBody } from '@/lib/contracts/password';
import { resetPassword } from '@/lib/domain/auth/reset-password';
import { originOf } from '@/lib/http/authenticate';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ auth: 'none', body: resetPasswordBody }, ({ request, body, requestId }) =>
    resetPassword(body, originOf(request, requestId)),
  ),
});
