import { endOtherSessions, listSessions } from '@/lib/domain/auth/sessions';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'signed-in', withoutSecondFactor: true }, async ({ context }) => ({
    sessions: await listSessions(context),
    nextCursor: null,
  })),
  DELETE: route({ permission: 'signed-in', withoutSecondFactor: true }, async ({ context }) => ({
    ended: await endOtherSessions(context),
  })),
});
