/** A request as it goes out on one hop. */
export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

/** Header names, lower case, that no other origin may see. */
const OWN_ORIGIN_ONLY = ['authorization', 'cookie', 'proxy-authorization'];
const OF_BODY = /^content-/;

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/**
 * The next request after a redirect, as browsers do it: 303, and 301 and 302 after a POST, become a GET without a
 * body; another origin is not told credentials.
 * @param privateHeaders further header names, lower case, that stay with their origin
 */
export function nextHop(hop: Hop, status: number, target: URL, privateHeaders: readonly string[]): Hop {
  const toGet =
    (status === 303 && hop.method !== 'GET' && hop.method !== 'HEAD') || (status < 303 && hop.method === 'POST');
  const sameOrigin = target.origin === hop.url.origin;
  const hidden = sameOrigin ? [] : [...OWN_ORIGIN_ONLY, ...privateHeaders];
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) => {
      const lower = name.toLowerCase();
      return !hidden.includes(lower) && !(toGet && OF_BODY.test(lower));
    }),
  );
  return { url: target, method: toGet ? 'GET' : hop.method, headers, body: toGet ? undefined : hop.body };
}
