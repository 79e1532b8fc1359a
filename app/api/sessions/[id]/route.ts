import { endSession } from '@/lib/domain/auth/sessions';
import { idOf, methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  DELETE: route({ permission: 'signed-in', withoutSecondFactor: true }, async ({ context, params }) => ({
    session: await endSession(context, idOf(params)),
  })),
});
