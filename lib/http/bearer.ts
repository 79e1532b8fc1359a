import { headerText } from './headers';

const SCHEME = /^bearer /i;

/** What stands behind `Authorization: Bearer`, of any characters; undefined where there is no such header. */
export function bearerOf(headers: Headers): string | undefined {
  const given = headerText(headers.get('authorization') ?? '').trim();
  return SCHEME.test(given) ? given.replace(SCHEME, '').trim() || undefined : undefined;
}
