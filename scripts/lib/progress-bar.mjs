const WIDTH = 32;
const PLAIN_EVERY = 2_000;

/** One line that says how far a batch is. */
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

/** Draws progress over itself on a terminal; elsewhere a line every two seconds. */
export function openBar(stream = process.stdout) {
  let last = 0;
  let text = '';
  return {
    draw(event) {
      text = progressLine(event);
      if (stream.isTTY) stream.write(`\r\x1b[2K${text.slice(0, (stream.columns || 100) - 1)}`);
      else if (Date.now() - last > PLAIN_EVERY) {
        last = Date.now();
        stream.write(`${text}\n`);
      }
    },
    end: () => text && stream.write(stream.isTTY ? '\n' : `${text}\n`),
  };
}
