const BASE = 'http://batchyard.invalid';

/** Returns where to go after sign-in. Only a path of this site is accepted, to prevent open redirects. */
export function safeNext(next: string | string[] | undefined): string {
  const wanted = Array.isArray(next) ? next[0] : next;
  const url = wanted?.startsWith('/') && URL.canParse(wanted, BASE) ? new URL(wanted, BASE) : null;
  // Checks the parsed path, because `/a/..//host` and `/\\host` become `//host`.
  if (url?.origin !== BASE || url.pathname.startsWith('//')) return '/';
  if (url.pathname.startsWith('/sign-in') || url.pathname.startsWith('/api/')) return '/';
  return url.pathname + url.search + url.hash;
}
