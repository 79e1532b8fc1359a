// Runs before anything is installed: only what Node brings may be imported statically, here and in what it imports.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Batchyard needs Node 20.19 or newer; this is ${process.versions.node}. See https://nodejs.org.`);
  process.exitCode = 1;
} else if (process.platform === 'win32') {
  console.error('npm start runs on Linux and macOS. On Windows, run it inside WSL.');
  process.exitCode = 1;
} else {
  const { main, buildOnly } = await import('./lib/main.mjs');
  const [part] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  await (process.argv.includes('--build') ? buildOnly() : main({ dev: process.argv.includes('--dev'), part }));
}
