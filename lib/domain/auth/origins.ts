import { env } from '@/lib/config/env';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/** The public origin of the dashboard. */
export function publicUrl(): string {
  const { PUBLIC_URL, HOST, PORT } = env();
  if (PUBLIC_URL) return new URL(PUBLIC_URL).origin;
  const host = HOST === '0.0.0.0' || HOST === '::' ? 'localhost' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
}

/**
 * Returns whether a page of this origin may write with a session cookie (CSRF protection). Allowed are the public address,
 * and the host that the request was sent to, under the scheme of the public address: a page cannot forge its Host header.
 * In development this machine's own names are allowed too.
 */
export function isTrustedOrigin(origin: string, host: string | null): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const wanted = new URL(publicUrl());
  if (url.origin === wanted.origin) return true;
  if (host !== null && url.protocol === wanted.protocol && url.host === host.toLowerCase()) return true;
  const { NODE_ENV, PORT } = env();
  return NODE_ENV === 'development' && LOCAL.some((name) => url.origin === new URL(`http://${name}:${PORT}`).origin);
}
