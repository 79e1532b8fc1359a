/** Why an outgoing request failed. */
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

/** A failed outgoing request. Its message contains the host, but never the resolved address. */
export class OutboundError extends Error {
  override name = 'OutboundError';

  constructor(
    readonly code: OutboundCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** whether a retry may succeed */
  get transient(): boolean {
    return this.code === 'connect-timeout' || this.code === 'response-timeout' || this.code === 'unreachable';
  }
}
