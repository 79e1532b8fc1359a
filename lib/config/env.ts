import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { oidcProviders } from './oidc';
import { type OutboundRule, parseNetwork, parseOutboundRules } from './outbound';
import { PRESETS } from './presets';
import { whatIsWrongWithUrl } from './service-url';

/** Wrong environment; the message names every wrong variable, one a line. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

const count = (what: string) => z.coerce.number(`${what} must be a number`).int().min(0).optional();

const optionalUrl = (protocols: string[]) =>
  z
    .string()
    .refine(
      (v) => protocols.some((p) => v.startsWith(`${p}://`)),
      `must start with ${protocols.map((p) => `${p}://`).join(' or ')}`,
    )
    .optional();

/** The address of a service, which may hold a password: it is checked here, and never repeated in a message. */
const serviceUrl = (protocols: string[]) =>
  z
    .string()
    .superRefine((text, check) => {
      const message = whatIsWrongWithUrl(text, protocols);
      if (message) check.addIssue({ code: 'custom', message });
    })
    .optional();

const processes = z
  .string()
  .regex(/^\d+(\.\.\d+)?$/, 'must be a number of processes, or min..max')
  .transform((v) => v.split('..').map(Number))
  .refine(([min = 0, max = min]) => min >= 1 && max >= min && max <= 256, 'must be between 1 and 256, min before max')
  .transform(([min = 1, max = min]) => ({ min, max }));

const outboundRules = z
  .string()
  .default('')
  .transform((text, check): OutboundRule[] => {
    const rules = parseOutboundRules(text);
    if (Array.isArray(rules)) return rules;
    const message = `“${rules.wrong}” is no host, *.domain, address or CIDR (with :port if wanted)`;
    check.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Addresses and CIDRs, separated by commas or blanks. */
const networks = z
  .string()
  .default('')
  .transform((text, check) =>
    text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((word) => {
        const network = parseNetwork(word);
        if (network) return network;
        check.addIssue({ code: 'custom', message: `“${word}” is no address or CIDR` });
        return z.NEVER;
      }),
  );

const ports = z
  .string()
  .regex(/^\d{1,5}(\s*,\s*\d{1,5})*$/, 'must be port numbers, separated by commas')
  .transform((v) => v.split(',').map(Number))
  .refine((list) => list.every((port) => port >= 1 && port <= 65_535), 'must be between 1 and 65535')
  .optional();

/** What one request may store in S3. */
const S3_MAX_OBJECT = 5 * 1024 ** 3;

const variables = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('.data'),
  /** the folder of own job files; it may lie anywhere. Without it, batchyard.config.ts names folders, else it is `jobs` */
  JOBS_DIR: z.string().min(1).optional(),
  /** the folder of a yard, in which its jobs run; `npm start` sets it where the product is an installed package */
  YARD_DIR: z.string().min(1).optional(),
  /** the folder of the product where it is not the working folder; the package sets it for programs that import it */
  PRODUCT_DIR: z.string().min(1).optional(),
  DATABASE_URL: serviceUrl(['postgres', 'postgresql']),
  /** the role that owns the tables; without it DATABASE_URL's role migrates too */
  DATABASE_MIGRATION_URL: serviceUrl(['postgres', 'postgresql']),
  REDIS_URL: serviceUrl(['redis', 'rediss']),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'may hold letters, digits, _ and -')
    .default('batchyard'),
  PRESET: z.enum(['development', 'production', 'high-performance']).default('production'),
  MAX_ACTIVE_BATCHES: count('MAX_ACTIVE_BATCHES').refine((v) => v !== 0, 'must be at least 1'),
  EMBEDDING_CONCURRENCY: count('EMBEDDING_CONCURRENCY'),
  EMBEDDING_BATCH_SIZE: count('EMBEDDING_BATCH_SIZE'),
  EMBEDDING_RATE_LIMIT: count('EMBEDDING_RATE_LIMIT'),
  WORKER_PROCESSES: processes.optional(),
  INIT_ADMIN_EMAIL: z.email('must be an e-mail address').optional(),
  INIT_ADMIN_PASSWORD: z.string().min(10, 'must have at least 10 characters').max(128).optional(),
  INIT_API_KEY: z
    .string()
    .min(24, 'must have 24 to 128 characters')
    .max(128, 'must have 24 to 128 characters')
    .optional(),
  /** where people reach the dashboard; origins of writes are checked against it */
  PUBLIC_URL: optionalUrl(['http', 'https']),
  /** the reverse proxies whose X-Forwarded-For names the client's address */
  TRUSTED_PROXIES: networks,
  /** signs sessions; `npm start` makes one and keeps it in DATA_DIR */
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  /** days after which a session ends, however much it is used */
  SESSION_MAX_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  /** providers of single sign-on (OpenID Connect) */
  OIDC_PROVIDERS: oidcProviders,
  /** encrypts the secrets that jobs use; `npm start` makes one and keeps it in DATA_DIR */
  SECRETS_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  /** the mail server for invitations, password resets and notices: smtp://user:password@host:587 or smtps://…:465 */
  SMTP_URL: serviceUrl(['smtp', 'smtps']),
  /** the sender of mails, such as Batchyard <batchyard@example.org> */
  MAIL_FROM: z.string().min(3).max(320).optional(),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  MAX_UPLOAD_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .default(1024 ** 3),
  /** files in a bucket of any service that speaks S3, instead of in DATA_DIR */
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  S3_ENDPOINT: optionalUrl(['http', 'https']),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  S3_FORCE_PATH_STYLE: z
    .enum(['true', 'false'])
    .default('false')
    .transform((v) => v === 'true'),
  S3_PREFIX: z
    .string()
    .regex(/^[\w./-]{1,200}\/$/, 'may hold letters, digits, _ . / -, and ends with /')
    .default('batchyard/'),
  /** days after which finished batches and jobs are deleted; 0 keeps them */
  RETENTION_DAYS: z.coerce.number().int().min(0).max(3650).default(7),
  /** days after which audit entries are deleted, at least 30; 0 keeps them */
  AUDIT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .refine((days) => days === 0 || days >= 30, 'must be at least 30, or 0 to keep all entries')
    .default(400),
  /** id or short name of the organization that takes what other BullMQ clients put on the queues; the first by default */
  ADOPT_ORGANIZATION: z.string().min(1).max(100).optional(),
  MAX_BATCH_ITEMS: z.coerce.number().int().min(1).default(1_000_000),
  /** an OpenAI-compatible endpoint, such as https://api.openai.com/v1; without it a local embedder is used */
  EMBEDDING_BASE_URL: optionalUrl(['http', 'https']),
  EMBEDDING_API_KEY: z.string().min(1).optional(),
  EMBEDDING_MODEL: z.string().min(1).default('text-embedding-3-small'),
  /** an OpenAI-compatible endpoint whose model reads pictures: it is asked for the text of PDF pages without any */
  OCR_BASE_URL: optionalUrl(['http', 'https']),
  OCR_API_KEY: z.string().min(1).optional(),
  OCR_MODEL: z.string().min(1).default('gpt-4o-mini'),
  /** where fine-tuning jobs run: an OpenAI-compatible endpoint, such as https://api.openai.com/v1 */
  FINE_TUNING_BASE_URL: optionalUrl(['http', 'https']),
  FINE_TUNING_API_KEY: z.string().min(1).optional(),
  /** between two questions how far a fine-tuning is */
  FINE_TUNING_POLL_MS: z.coerce.number().int().min(10).default(10_000),
  /** who may look at the queues under /admin/queues: nobody, administrators, or administrators who may also change them */
  QUEUE_BOARD: z.enum(['off', 'read-only', 'full']).default('read-only'),
  /** what jobs and imports may call although it is not public */
  OUTBOUND_ALLOW: outboundRules,
  OUTBOUND_PORTS: ports,
  /** an OpenTelemetry collector that takes traces over HTTP; without one nothing is traced */
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl(['http', 'https']),
  /** the same, as the whole address, such as http://collector:4318/v1/traces */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optionalUrl(['http', 'https']),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/protobuf', 'http/json']).default('http/protobuf'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.enum(['http/protobuf', 'http/json']).optional(),
  /** milliseconds between two reports: what a process that is killed takes with it */
  OTEL_BSP_SCHEDULE_DELAY: z.coerce.number().int().min(0).default(1000),
  /** spans that wait for a report in one process; what ends beyond is dropped */
  OTEL_BSP_MAX_QUEUE_SIZE: z.coerce.number().int().min(1).default(8192),
  OTEL_SDK_DISABLED: z
    .enum(['true', 'false'])
    .default('false')
    .transform((v) => v === 'true'),
  /** a factor on the time that running work has to end, after a forced abort and at a stop of the workers */
  GRACE_SCALE: z.coerce.number().min(0.05).max(1).default(1),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

const schema = variables.superRefine((given, check) => {
  const wrong = (name: string, message: string) => check.addIssue({ code: 'custom', path: [name], message });
  if (given.SMTP_URL && !given.MAIL_FROM) wrong('MAIL_FROM', 'must name the sender of mails, because SMTP_URL is set');
  if (!given.S3_BUCKET) return;
  if (given.MAX_UPLOAD_BYTES > S3_MAX_OBJECT) wrong('MAX_UPLOAD_BYTES', 'may be at most 5368709120 with S3_BUCKET');
  if (!given.S3_ACCESS_KEY_ID !== !given.S3_SECRET_ACCESS_KEY)
    wrong('S3_SECRET_ACCESS_KEY', 'and S3_ACCESS_KEY_ID go together');
});

type Parsed = z.infer<typeof schema>;

/** The whole configuration, validated; the meaning of each variable is in `.env.example`. */
export type Env = Parsed & {
  MAX_ACTIVE_BATCHES: number;
  EMBEDDING_CONCURRENCY: number;
  EMBEDDING_BATCH_SIZE: number;
  EMBEDDING_RATE_LIMIT: number;
  WORKER_PROCESSES: { min: number; max: number };
};

/**
 * Reads and checks an environment. Empty variables count as absent.
 * @throws EnvironmentError naming every wrong variable and what it must be
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, v]) => v !== undefined && v !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((i) => `  ${i.path.join('.')}: ${i.message}`);
    throw new EnvironmentError(`The environment is not valid:\n${[...new Set(lines)].join('\n')}`);
  }
  const { data } = parsed;
  const preset = PRESETS[data.PRESET];
  return {
    ...data,
    MAX_ACTIVE_BATCHES: data.MAX_ACTIVE_BATCHES ?? preset.MAX_ACTIVE_BATCHES,
    EMBEDDING_CONCURRENCY: data.EMBEDDING_CONCURRENCY ?? preset.EMBEDDING_CONCURRENCY,
    EMBEDDING_BATCH_SIZE: data.EMBEDDING_BATCH_SIZE ?? preset.EMBEDDING_BATCH_SIZE,
    EMBEDDING_RATE_LIMIT: data.EMBEDDING_RATE_LIMIT ?? preset.EMBEDDING_RATE_LIMIT,
    // Half of them is enough while nothing runs, and the others follow when deliveries wait.
    WORKER_PROCESSES: data.WORKER_PROCESSES ?? {
      min: Math.ceil(availableParallelism() / 2),
      max: availableParallelism(),
    },
  };
}

let cached: Env | undefined;

/** The environment of this process: the only reader of process.env. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}

/** Where Postgres is. `npm start` sets it for the embedded one. */
export function databaseUrl(): string {
  const url = env().DATABASE_URL;
  if (!url) {
    throw new EnvironmentError(
      'DATABASE_URL is not set. Use `npm start`, which starts the embedded Postgres, or set it.',
    );
  }
  return url;
}

/** Where migrations are applied: with a role of its own, or the same one. Only the start knows it. */
export const migrationUrl = (): string => env().DATABASE_MIGRATION_URL ?? databaseUrl();
