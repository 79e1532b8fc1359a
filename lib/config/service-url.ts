const ENCODE =
  'Write the user and the password percent-encoded, as encodeURIComponent does (# is %23, % is %25, @ is %40, : is %3A, / is %2F, ? is %3F).';

/**
 * Why the address of Postgres or Redis can't be used, in words that hold nothing of it: it may have a password.
 * Also refuses what would be read in another way than it was meant, such as a raw `#`, which begins a fragment.
 * @returns undefined when it can be used
 */
export function whatIsWrongWithUrl(text: string, protocols: string[]): string | undefined {
  const starts = protocols.map((p) => `${p}://`);
  if (!starts.some((start) => text.startsWith(start))) return `must start with ${starts.join(' or ')}`;
  if (/\s/.test(text)) return 'must not hold blanks or line breaks';
  if (!URL.canParse(text)) return `can't be read as an address. ${ENCODE}`;
  const url = new URL(text);
  if (url.hash || text.endsWith('#')) return `has a raw # in it. ${ENCODE}`;
  const authority = text.slice(text.indexOf('://') + 3).split(/[/?]/, 1)[0] ?? '';
  if (authority.indexOf('@') !== authority.lastIndexOf('@') || url.pathname.includes('@')) {
    return `has more than one @, or one after a /. ${ENCODE}`;
  }
  if (![url.username, url.password, url.pathname].every(isEncoded)) return `has a raw % in it. ${ENCODE}`;
  if (protocols.includes('redis')) return whatIsWrongWithRedis(url);
  return undefined;
}

function whatIsWrongWithRedis(url: URL): string | undefined {
  if (!url.hostname) return 'names no host';
  if (url.search.includes('@')) return `has a raw ? in it. ${ENCODE}`;
  if (!/^\/?\d*$/.test(url.pathname)) return 'may have only the number of a database after its host, such as /0';
  return undefined;
}

function isEncoded(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}
