const BASE = 'http://batchyard.invalid';

/** Where to go after signing in: only a path of this site, whatever the address bar says. */
export function safeNext(next: string | string[] | undefined): string {
  const wanted = Array.isArray(next) ? next[0] : next;
  const url = wanted?.startsWith('/') && URL.canParse(wanted, BASE) ? new URL(wanted, BASE) : null;
  // The parsed path is checked, not the given text: `/a/..//host` and `/\\host` become `//host`.
  if (url?.origin !== BASE || url.pathname.startsWith('//')) return '/';
  if (url.pathname.startsWith('/sign-in') || url.pathname.startsWith('/api/')) return '/';
  return url.pathname + url.search + url.hash;
}
