import { z } from 'zod';
import { time } from './fields';
import { text } from './text';

/** The name of a secret. Rows reference it as `{{secret:NAME}}`. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must begin with a letter and have only letters, digits and _, at most 64');

/** The hosts that a secret may be sent to, parsed from the text that a user entered. */
export type SecretOrigin = { any: true } | { any: false; protocol: 'http:' | 'https:'; host: string; port: number };

const ORIGIN =
  /^(?:(https?):\/\/)?(\*\.[a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/;

/**
 * Parses `https://api.example.org`, `http://127.0.0.1:9911`, `https://*.example.org:8443`, or `*` for any. A bare host
 * means https on its default port.
 * @returns the origin, or a description of the error
 */
export function readOrigin(text: string): SecretOrigin | { wrong: string } {
  const word = text.trim().toLowerCase();
  if (word === '*') return { any: true };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(word)?.[1];
  if (scheme && scheme !== 'http' && scheme !== 'https')
    return { wrong: `has the scheme ${scheme}: only http and https are called` };
  const rest = word.slice(scheme ? scheme.length + 3 : 0);
  if (rest.includes('@')) return { wrong: 'holds a name or password: leave it out' };
  if (/[/?#\\]./.test(rest))
    return { wrong: 'has a path: name scheme, host and port only, such as https://api.example.org' };
  const match = ORIGIN.exec(withAsciiHost(word, rest));
  if (!match) return { wrong: 'is no origin, such as https://api.example.org or http://127.0.0.1:9911' };
  const [, protocol, host = '', port] = match;
  if (port && !protocol) return { wrong: `names a port without its scheme: write https://${rest} or http://${rest}` };
  const secure = protocol !== 'http';
  const number = port === undefined ? (secure ? 443 : 80) : Number(port);
  if (number < 1 || number > 65_535) return { wrong: `has the port ${port}, which does not exist` };
  return { any: false, protocol: secure ? 'https:' : 'http:', host: canonical(host), port: number };
}

/** Converts an internationalized name to ASCII, and puts a bare IPv6 address in brackets. */
function withAsciiHost(word: string, rest: string): string {
  if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/.test(word)) return `[${word}]`;
  if (!/[^\x21-\x7e]/.test(rest) || !URL.canParse(`https://${rest}`)) return word;
  return word.slice(0, word.length - rest.length) + new URL(`https://${rest}`).host;
}

const canonical = (host: string): string =>
  host.startsWith('[') && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;

/** Returns whether an address belongs to an origin. */
export function isWithin(origin: SecretOrigin, url: URL): boolean {
  if (origin.any) return true;
  const host = url.hostname.replace(/\.$/, '');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (url.protocol !== origin.protocol || port !== origin.port) return false;
  return origin.host.startsWith('*.') ? host.endsWith(origin.host.slice(1)) : host === origin.host;
}

/** Returns the full form of an origin: `api.example.org` becomes `https://api.example.org`. */
export function showOrigin(text: string): string {
  const origin = readOrigin(text);
  if ('wrong' in origin) return text;
  if (origin.any) return '*';
  const { protocol, host, port } = origin;
  return `${protocol}//${host}${port === (protocol === 'https:' ? 443 : 80) ? '' : `:${port}`}`;
}

const originText = text(300)
  .transform((word) => word.trim().toLowerCase())
  .superRefine((word, check) => {
    const read = readOrigin(word);
    if ('wrong' in read) check.addIssue({ code: 'custom', message: read.wrong });
  });

export const createSecretBody = z.strictObject({
  name: secretName,
  value: text(10_000).min(8, 'must have at least 8 characters: shorter ones can’t be hidden in answers'),
  hosts: z
    .array(originText)
    .min(1, 'name at least one host, or * for any')
    .max(50)
    .describe(
      'the only origins it is sent to: https://api.example.org, http://127.0.0.1:9911, https://*.example.org; a bare host means https on its default port, * any',
    ),
  replace: z.boolean().default(false).describe('take the place of a secret of the same name'),
});
export type CreateSecretBody = z.infer<typeof createSecretBody>;

const secretDto = z
  .object({
    id: z.string(),
    name: z.string(),
    hosts: z.array(z.string()).describe('the origins that it may be sent to'),
    createdBy: z.string().nullable(),
    createdAt: time,
  })
  .meta({ id: 'Secret', description: 'A secret without its value, which is never returned.' });
export type SecretDto = z.infer<typeof secretDto>;

export const secretList = z.object({ secrets: z.array(secretDto) });
export type SecretList = z.infer<typeof secretList>;
export const secretAnswer = z.object({ secret: secretDto });
export type SecretAnswer = z.infer<typeof secretAnswer>;
