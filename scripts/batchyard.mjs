#!/usr/bin/env node
// The command `batchyard` of the package. Only what Node brings may be imported before its version is known.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [command = '', ...args] = process.argv.slice(2);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Batchyard needs Node 20.19 or newer; this is ${process.versions.node}. See https://nodejs.org.`);
  process.exitCode = 1;
} else if (process.platform === 'win32' && (command === 'start' || command === 'dev')) {
  console.error('batchyard start runs on Linux and macOS. On Windows, run it inside WSL.');
  process.exitCode = 1;
} else if (command === 'start' || command === 'dev') {
  const { main } = await import('./lib/main.mjs');
  await main({ dev: command === 'dev', part: args[0] });
} else if (command === 'admin') {
  process.argv.splice(2, 1);
  await import('./admin.mjs');
} else {
  const { runCommand } = await import('./lib/command-line.mjs');
  process.exitCode = await runCommand(command, args);
}
