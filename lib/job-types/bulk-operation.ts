import { z } from 'zod';
import { AddressError } from '@/lib/contracts/address';
import { cellOf } from '@/lib/contracts/cell';
import { parseJsonPath } from '@/lib/contracts/json-path';
import { fillAddress, MissingValueError, textsOf } from '@/lib/contracts/request-template';
import { secretName } from '@/lib/contracts/secret';
import { columnsIn, secretsIn } from '@/lib/contracts/template';
import { record, text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

const MAX_EXTRACTED = 100;
/** The maximum number of entries in a query, a form or values: more than a table has columns. */
const MAX_MEMBERS = 2000;
const MAX_HEADERS = 100;

/** Headers that the HTTP client sets. A row that sets them could break the client or a proxy. */
const OWN_HEADERS =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*)$/i;

const headers = record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, 'is no header name'),
  text(8000).regex(/^[^\r\n]*$/, 'must not hold line breaks'),
  MAX_HEADERS,
).superRefine((h, check) => {
  const own = Object.keys(h).find((name) => OWN_HEADERS.test(name));
  if (own) check.addIssue({ code: 'custom', message: `sets ${own}, which is set automatically: leave it out` });
});

const scalar = z.union([text(8000), z.number(), z.boolean()]);

const source = text(500).refine(
  (s) => /^(status|url|body|header:[\w-]{1,100})$/.test(s) || parseJsonPath(s) !== undefined,
  'must be a path such as $.a.b[0], header:NAME, status, url or body',
);

const input = z
  .strictObject({
    url: text(8000)
      .min(1)
      .describe('where to call; {{field}} is filled from values, percent-encoded')
      .meta({ 'x-line': true }),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']).default('GET').meta({ 'x-main': true }),
    headers: headers.optional().describe('may name secrets: Bearer {{secret:NAME}}'),
    query: record(text(500), scalar, MAX_MEMBERS).optional().describe('added to the URL'),
    json: z
      .unknown()
      .optional()
      .describe('a JSON body; a text that is one {{field}} takes its value with its type')
      .meta({ 'x-main': true }),
    form: record(text(500), scalar, MAX_MEMBERS).optional().describe('a body as of an HTML form'),
    text: text(1_000_000).optional().describe('a body of plain text'),
    values: record(text(500), z.unknown(), MAX_MEMBERS).optional().describe('what {{field}} in the others stands for'),
    extract: record(text(200).min(1), source, MAX_EXTRACTED)
      .optional()
      .describe('result column → $.path, header:NAME, status, url or body; without it the body is kept'),
    acceptStatus: z
      .array(z.int().min(100).max(599))
      .max(100)
      .optional()
      .describe('statuses besides 200–299 that are a success, such as 404'),
    acceptInvalidJson: z
      .boolean()
      .optional()
      .describe('a success whose body should be JSON and is none is kept with a warning, instead of failing'),
    saveBody: z.boolean().optional().describe('keep the whole answer as a file of the job'),
    timeoutMs: z.int().min(100).max(300_000).default(30_000).describe('from the start to the last byte'),
    maxBytes: z
      .int()
      .min(1)
      .max(50 * 1024 ** 2)
      .default(1024 ** 2)
      .describe('of the answer'),
    maxRedirects: z.int().min(0).max(10).default(5),
    followAsGet: z
      .boolean()
      .optional()
      .describe('follow a 301 or 302 after POST, PUT, PATCH or DELETE with a GET, as browsers do after a POST'),
    hostRatePerMinute: z.int().min(0).max(600_000).optional().describe('calls a minute to one host, over all machines'),
    hostConcurrency: z.int().min(0).max(1000).optional().describe('calls at once to one host, over all machines'),
  })
  .superRefine((d, check) => {
    const bodies = (['json', 'form', 'text'] as const).filter((name) => d[name] !== undefined);
    if (bodies.length > 1) {
      check.addIssue({ code: 'custom', path: [bodies[1] ?? ''], message: `give one body: ${bodies.join(' or ')}` });
    }
    if (bodies.length > 0 && (d.method === 'GET' || d.method === 'HEAD')) {
      check.addIssue({ code: 'custom', path: ['method'], message: `${d.method} sends no body` });
    }
    for (const name of ['url', 'headers', 'query', 'json', 'form', 'text'] as const) {
      const texts = textsOf(d[name]);
      const missing = texts.flatMap(columnsIn).find((field) => cellOf(d.values ?? {}, field) === undefined);
      const wrong = texts.flatMap(secretsIn).find((secret) => !secretName.safeParse(secret).success);
      if (missing !== undefined) {
        const message = `names {{${missing.slice(0, 100)}}}, which is not in values`;
        check.addIssue({ code: 'custom', path: [name], message });
      }
      if (wrong !== undefined) check.addIssue({ code: 'custom', path: [name], message: 'names a secret wrongly' });
    }
  })
  .meta({
    // Reserved for examples (RFC 2606), so that nobody minds the calls.
    examples: ['com', 'net', 'org'].map((domain) => ({ url: `https://example.${domain}/` })),
  });

/** The scheme and the host of an address. */
const ORIGIN = /^[^/?#]*(?:\/\/[^/?#]*)?/;

/** Returns the host of a filled address; undefined if it is no address, or a secret is a part of the host. */
function hostOf(template: string, values: Record<string, unknown>): string | undefined {
  if (secretsIn(ORIGIN.exec(template)?.[0] ?? '').length > 0) return undefined;
  try {
    return new URL(fillAddress(template, { values, secret: () => 'x' })).host;
  } catch (error) {
    if (error instanceof TypeError || error instanceof AddressError || error instanceof MissingValueError)
      return undefined;
    throw error;
  }
}

export const bulkOperation = defineJobType({
  type: 'bulk-operation',
  title: 'HTTP calls',
  description: 'Calls an HTTP address for each row, filled from its values, and takes columns out of the answer.',
  input,
  output: z.object({
    status: z.int(),
    url: z.string(),
    contentType: z.string().nullable(),
    bytes: z.int(),
    durationMs: z.int(),
    redirects: z.int(),
    columns: z.record(z.string(), z.unknown()).optional(),
    body: z.unknown().optional(),
    truncated: z.boolean().optional(),
    fileId: z.string().optional(),
  }),
  exactColumns: ['url'],
  defaults: { ...DEFAULTS, maxAttempts: 5, backoff: { type: 'exponential', delay: 1000 } },
  consumerConcurrency: 50,
  itemName: (d) => `${d.method} ${d.url}`,
  callOf: ({ method, url, values }) => {
    const host = hostOf(url, values ?? {});
    return host === undefined ? undefined : { method, host };
  },
});
