import { ERROR_STATUS, type ErrorCode, type InputIssue } from '@/lib/contracts/errors';

/**
 * The error of a rejected domain call: independent of the transport, with a stable code. Only `lib/http` maps codes to
 * HTTP statuses (problem+json).
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
