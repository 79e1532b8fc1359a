/** Why Postgres or Redis can't be used, in words for the person who runs the product; they hold no password. */
export class ServiceTrouble extends Error {
  override name = 'ServiceTrouble';

  /** @param waitingHelps whether it may pass by itself: a service that starts later, a network that comes back */
  constructor(
    message: string,
    readonly waitingHelps: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Of several addresses tried, each has its own reason, and the whole has none. */
export const reasonOf = (error: Error): string =>
  error.message ||
  ('errors' in error && Array.isArray(error.errors) ? error.errors.map(String).join('; ') : error.name);

/** Describes an error of a socket; undefined for every other error. */
export function socketTrouble(error: unknown, variable: string, address: URL): ServiceTrouble | undefined {
  const inner = (error as { errors?: unknown[] }).errors?.[0] ?? error;
  const { code = '' } = inner as NodeJS.ErrnoException;
  const where = address.host;
  const trouble = (message: string, waitingHelps: boolean) =>
    new ServiceTrouble(message, waitingHelps, { cause: error });
  if (code === 'ECONNREFUSED')
    return trouble(`nothing listens at ${where} (${variable}): the connection is refused`, true);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return trouble(`the host name ${address.hostname} in ${variable} can't be resolved`, true);
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/.test(code))
    return trouble(`${where} (${variable}) can't be reached: ${code}`, true);
  if (/^(ECONNRESET|EPIPE)$/.test(code)) return trouble(`${where} (${variable}) ends the connection: ${code}`, true);
  if (/^(ERR_SSL|ERR_TLS|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code)) {
    const hint =
      'A certificate of your own is made known with NODE_EXTRA_CA_CERTS; TLS must be on, or off, at both ends';
    return trouble(`TLS with ${where} (${variable}) failed: ${code}. ${hint}`, false);
  }
  return undefined;
}
