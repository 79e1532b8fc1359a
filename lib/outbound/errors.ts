/** Why an outgoing request brought no answer. */
export type OutboundCode =
  | 'outbound-refused'
  | 'invalid-url'
  | 'invalid-request'
  | 'too-many-redirects'
  | 'method-changed'
  | 'unsupported-encoding'
  | 'response-too-large'
  | 'connect-timeout'
  | 'response-timeout'
  | 'unreachable';

/** An outgoing request that brought no answer. Its message names the host, never an address behind it. */
export class OutboundError extends Error {
  override name = 'OutboundError';

  constructor(
    readonly code: OutboundCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** whether the same request may succeed later */
  get transient(): boolean {
    return this.code === 'connect-timeout' || this.code === 'response-timeout' || this.code === 'unreachable';
  }
}
