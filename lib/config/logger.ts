import pino from 'pino';
import { env } from './env';

/** Structured logs on stderr, so that stdout stays for what a person asked for. Secrets are redacted by name. */
export const logger = pino(
  {
    level: env().LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['authorization', 'cookie', 'password', '*.authorization', '*.cookie', '*.password'],
      censor: '[secret]',
    },
  },
  pino.destination({ dest: 2, sync: false }),
);
