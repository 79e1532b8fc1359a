import { cleanLine } from '@/lib/contracts/text';

const MAX_LENGTH = 255;
const EXTENSION = /\.[\p{L}\p{N}]{1,10}$/u;

/**
 * Sanitizes an untrusted file name for screens, logs and headers: no path, no control characters, no characters that
 * change the text direction, 1 to 255 characters. It is never used as a path on disk.
 */
export function cleanFileName(given: string): string {
  const base = given.replace(/\\/g, '/').split('/').at(-1) ?? '';
  const visible = cleanLine(base);
  if (visible === '' || /^\.+$/.test(visible)) return 'unnamed';
  if (visible.length <= MAX_LENGTH) return visible;
  const extension = EXTENSION.exec(visible)?.[0] ?? '';
  return visible.slice(0, MAX_LENGTH - extension.length).replace(/\p{Cs}$/u, '') + extension;
}

/** Returns the extension in lower case, without its dot; empty if there is none. */
export function extensionOf(name: string): string {
  return EXTENSION.exec(name)?.[0].slice(1).toLowerCase() ?? '';
}
