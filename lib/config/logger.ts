import { trace } from '@opentelemetry/api';
import pino from 'pino';
import { env } from './env';

/** Log lines that wait while standard error accepts no bytes; more are dropped. */
const MAX_WAITING_BYTES = 8 * 1024 ** 2;

const destination = pino.destination({ dest: 2, sync: false, maxLength: MAX_WAITING_BYTES });
// A full disk or a closed reader must not end the process, and no place is left to report it.
destination.on('error', () => undefined);

/** Structured logs on stderr, so that stdout stays for what a person asked for. Secrets are redacted by name. */
export const logger = pino(
  {
    level: env().LOG_LEVEL,
    base: null,
    // While something is traced, the names by which collectors tie a line to its span.
    mixin: () => {
      const span = trace.getActiveSpan();
      if (!span?.isRecording()) return {};
      const { traceId, spanId } = span.spanContext();
      return { trace_id: traceId, span_id: spanId };
    },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['authorization', 'cookie', 'password', '*.authorization', '*.cookie', '*.password'],
      censor: '[secret]',
    },
  },
  destination,
);
