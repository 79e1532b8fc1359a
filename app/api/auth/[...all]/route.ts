import { auth } from '@/lib/domain/auth/auth';
import { authHandler } from '@/lib/http/auth-handler';
import { methods } from '@/lib/http/route';

const handler = authHandler((request) => auth().handler(request));

export const { GET, POST, PUT, PATCH, DELETE } = methods({ GET: handler, POST: handler });
