import type { FileDto } from '@/lib/contracts/file';

/** The part of a file that a request asks for: the whole file, a range, an unsatisfiable range, or not modified. */
export type Asked =
  | { kind: 'whole' }
  | { kind: 'part'; start: number; end: number }
  | { kind: 'unsatisfiable' }
  | { kind: 'unchanged' };

/** The content of a stored file never changes, so its hash is the ETag. */
export const etagOf = ({ sha256 }: FileDto): string => `"${sha256}"`;

/**
 * Parses Range, If-Range and If-None-Match (RFC 9110). For several ranges, and for units other than bytes, it returns
 * the whole file, as the RFC allows.
 */
export function askedOf(headers: Headers, file: FileDto): Asked {
  const etag = etagOf(file);
  const known = headers.get('if-none-match');
  if (known && (known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))) {
    return { kind: 'unchanged' };
  }
  const [, first = '', last = ''] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(headers.get('range') ?? '') ?? [];
  if (first === '' && last === '') return { kind: 'whole' };
  // A weak ETag or a date does not guarantee the same bytes.
  const unless = headers.get('if-range');
  if (unless !== null && unless.trim() !== etag) return { kind: 'whole' };
  const { size } = file;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', start: size - length, end: size - 1 };
  }
  if (last !== '' && Number(last) < Number(first)) return { kind: 'whole' };
  if (Number(first) >= size) return { kind: 'unsatisfiable' };
  return { kind: 'part', start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
