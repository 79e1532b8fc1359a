import { changePasswordBody } from '@/lib/contracts/password';
import { changePassword } from '@/lib/domain/auth/change-password';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'session', withoutSecondFactor: true, body: changePasswordBody }, ({ context, body }) =>
    changePassword(context, body),
  ),
});
