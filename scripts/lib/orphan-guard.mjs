// Loaded before a supervised process's own code: it asks the process to stop when the one that started it is gone,
// and makes sure that it does. What the process forks itself is its own to look after.
const DRAIN = 12_000;

if (process.channel && Number(process.env.BATCHYARD_PARENT) === process.ppid) {
  process.once('disconnect', () => {
    // Nobody reads our output any more; a failing write must not cut the draining short.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    setTimeout(() => process.exit(1), DRAIN).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}
