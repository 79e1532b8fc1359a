import { env } from '@/lib/config/env';

/** The public origin of the dashboard. */
export function publicUrl(): string {
  const { PUBLIC_URL, HOST, PORT } = env();
  if (PUBLIC_URL) return new URL(PUBLIC_URL).origin;
  const host = HOST === '0.0.0.0' || HOST === '::' ? 'localhost' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
}

/**
 * Returns whether a page of this origin may write with a session cookie (CSRF protection). Allowed are the public
 * address, this machine's own names, and the host of the request: a page cannot forge its Host header.
 */
export function isTrustedOrigin(origin: string, host: string | null): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.origin === publicUrl()) return true;
  const { PORT } = env();
  const local = ['localhost', '127.0.0.1', '[::1]'].some(
    (name) => url.origin === new URL(`http://${name}:${PORT}`).origin,
  );
  return local || (host !== null && url.host === host.toLowerCase());
}
