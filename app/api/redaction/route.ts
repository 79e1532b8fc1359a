import { redactionDto } from '@/lib/contracts/redaction';
import { getRedaction, setRedaction } from '@/lib/domain/redaction/redaction';
import { methods, route } from '@/lib/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route({ permission: 'redaction.see' }, async ({ context }) => ({ redaction: await getRedaction(context) })),
  PUT: route({ permission: 'redaction.update', body: redactionDto }, async ({ context, body }) => ({
    redaction: await setRedaction(context, body),
  })),
});
