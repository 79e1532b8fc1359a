import { OutboundError } from './errors';
import { hostOf } from './policy';

/** A request as it goes out on one hop. */
export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

/** What a server answered instead of an answer. */
export interface Redirect {
  status: number;
  /** as the server wrote it */
  location: string;
  from: URL;
  to: URL;
}

/** What the sender says of redirects. */
export interface RedirectRules {
  /** 301 and 302 make a GET of any other method, as browsers do after a POST; without it they are refused */
  followAsGet?: boolean | undefined;
  /** asked before each redirect is followed; throws to refuse it */
  mayFollow?: (redirect: Redirect) => void;
  /** whether a header (its name in lower case) may go to another origin; undefined: as for requests without this rule */
  mayTake?: (header: string, to: URL) => boolean | undefined;
}

/** Header names, lower case, that no other origin may see unless the sender says so. */
const OWN_ORIGIN_ONLY = ['authorization', 'cookie', 'proxy-authorization'];
const OF_BODY = /^content-/;

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Whether the next request is a GET without a body although this one is neither GET nor HEAD. */
export const becomesGet = (method: string, status: number): boolean => status <= 303 && !isReading(method);

/**
 * The next request after a redirect: 303, and 301 and 302 where that is allowed, become a GET without a body; another
 * origin gets no credentials.
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
