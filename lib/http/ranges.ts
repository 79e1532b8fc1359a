import type { FileDto } from '@/lib/contracts/file';

/** Which part of a file a request asks for: all of it, a part, none that exists, or nothing new. */
export type Asked =
  | { kind: 'whole' }
  | { kind: 'part'; start: number; end: number }
  | { kind: 'unsatisfiable' }
  | { kind: 'unchanged' };

/** Bytes of a stored file never change, so their hash names them. */
export const etagOf = ({ sha256 }: FileDto): string => `"${sha256}"`;

/**
 * Reads Range, If-Range and If-None-Match (RFC 9110). Several ranges at once, and what is no range of bytes, are
 * answered with the whole file, as the RFC allows.
 */
export function askedOf(headers: Headers, file: FileDto): Asked {
  const etag = etagOf(file);
  const known = headers.get('if-none-match');
  if (known && (known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))) {
    return { kind: 'unchanged' };
  }
  const [, first = '', last = ''] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(headers.get('range') ?? '') ?? [];
  if (first === '' && last === '') return { kind: 'whole' };
  // A weak tag or a date can't promise the same bytes.
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
