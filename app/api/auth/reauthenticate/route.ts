import { reauthenticateBody } from '@/lib/contracts/password';
import { reauthenticate } from '@/lib/domain/auth/change-password';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route({ permission: 'session', withoutSecondFactor: true, body: reauthenticateBody }, ({ context, body }) =>
    reauthenticate(context, body.password),
  ),
});
