import { OutboundError } from './errors';
import { hostOf } from './policy';

/** The request of one hop. */
export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

/** A redirect response. */
export interface Redirect {
  status: number;
  /** the `Location` header, unchanged */
  location: string;
  from: URL;
  to: URL;
}

/** The sender's rules for redirects. */
export interface RedirectRules {
  /**
   * follow a 301 or 302 with a GET, also after another method, as browsers do after a POST; otherwise it is an error
   */
  followAsGet?: boolean | undefined;
  /** called before each redirect is followed; throws to reject it */
  mayFollow?: (redirect: Redirect) => void;
  /** returns whether a header (in lower case) may be sent to another origin; undefined: the default rule applies */
  mayTake?: (header: string, to: URL) => boolean | undefined;
}

/** Header names, in lower case, that are sent to another origin only if the sender allows it. */
const OWN_ORIGIN_ONLY = ['authorization', 'cookie', 'proxy-authorization'];
const OF_BODY = /^content-/;

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Returns whether a redirect changes the method to GET and drops the body. */
export const becomesGet = (method: string, status: number): boolean => status <= 303 && !isReading(method);

/**
 * Returns the request that follows a redirect. 303, and 301 and 302 if `followAsGet` is set, become a GET without a
 * body. Another origin gets no credentials.
 * @throws OutboundError `method-changed`
 */
export function nextHop(hop: Hop, redirect: Redirect, rules: RedirectRules): Hop {
  const { status, to } = redirect;
  const toGet = becomesGet(hop.method, status);
  if (toGet && status !== 303 && !rules.followAsGet) {
    throw new OutboundError(
      'method-changed',
      `${hostOf(hop.url)} answered ${hop.method} with a redirect (${status}) that would make it a GET without its body, so it was not followed. Call the new address, set followAsGet, or accept the ${status} itself (maxRedirects 0, acceptStatus).`,
    );
  }
  rules.mayFollow?.(redirect);
  const sameOrigin = to.origin === hop.url.origin;
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) => {
      const lower = name.toLowerCase();
      if (toGet && OF_BODY.test(lower)) return false;
      return sameOrigin || (rules.mayTake?.(lower, to) ?? !OWN_ORIGIN_ONLY.includes(lower));
    }),
  );
  return { url: to, method: toGet ? 'GET' : hop.method, headers, body: toGet ? undefined : hop.body };
}
