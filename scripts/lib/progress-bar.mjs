const WIDTH = 32;
const PLAIN_EVERY = 2_000;

/**
 * What the event stream sends about a running batch.
 * @typedef {Pick<import('../../lib/contracts/events').BatchProgressEvent,
 *   'progress' | 'completed' | 'failed' | 'cancelled' | 'active' | 'total' | 'ratePerSecond' | 'etaSeconds'>} BatchProgress
 */

/**
 * One line with the progress of a batch.
 * @param {BatchProgress} progress
 */
export function progressLine({ progress, completed, failed, cancelled, active, total, ratePerSecond, etaSeconds }) {
  const share = total ? (completed + failed + cancelled) / total : 0;
  const filled = Math.round(share * WIDTH);
  const facts = [
    `${completed + failed + cancelled}/${total}`,
    `${active} active`,
    failed ? `${failed} failed` : '',
    ratePerSecond ? `${ratePerSecond.toFixed(1)}/s` : '',
    etaSeconds ? `${Math.ceil(etaSeconds)} s left` : '',
  ].filter(Boolean);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${String(Math.floor(progress)).padStart(3)}%  ${facts.join('  ')}`;
}

/** Shows progress: one line that is replaced on a terminal, elsewhere a line every two seconds. */
export function openBar(stream = process.stdout) {
  let last = 0;
  let text = '';
  return {
    /** @param {BatchProgress} event */
    draw(event) {
      text = progressLine(event);
      if (stream.isTTY) stream.write(`\r\x1b[2K${text.slice(0, (stream.columns || 100) - 1)}`);
      else if (Date.now() - last > PLAIN_EVERY) {
        last = Date.now();
        stream.write(`${text}\n`);
      }
    },
    end: () => {
      if (text) stream.write(stream.isTTY ? '\n' : `${text}\n`);
    },
  };
}
