import { ERROR_STATUS, type ErrorCode, type InputIssue } from '@/lib/contracts/errors';

/**
 * What a domain function throws when it refuses: independent of the transport, with a stable code.
 * `lib/http` turns it into problem+json; nothing else maps codes to statuses.
 */
export class DomainError extends Error {
  override name = 'DomainError';
  readonly errors: InputIssue[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly extra: Record<string, unknown> | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: {
      errors?: InputIssue[];
      retryAfterSeconds?: number;
      extra?: Record<string, unknown>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.extra = options.extra;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

export const notFound = (what: string, id: string): DomainError =>
  new DomainError(
    'not-found',
    `There is no ${what} with the id ${id.slice(0, 64)}, or it belongs to another organization.`,
  );
