// Loaded before a supervised process's own code. When the parent has ended, it requests a stop and enforces it after a
// timeout. The process itself stops what it forked.
const DRAIN = 12_000;

if (process.channel && Number(process.env.BATCHYARD_PARENT) === process.ppid) {
  process.once('disconnect', () => {
    // Nobody reads the output any more. A failed write must not end the shutdown early.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    setTimeout(() => process.exit(1), DRAIN).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}
