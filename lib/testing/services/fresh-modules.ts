import { vi } from 'vitest';

// Test files that run one after the other in one process share its memory. Each file gets the environment of the first
// one, new modules of the product and no object of an earlier file. Only packages stay loaded: that is what saves time.
const shared = globalThis as typeof globalThis & { testEnvironment?: NodeJS.ProcessEnv };
shared.testEnvironment ??= { ...process.env };
const environment = shared.testEnvironment;
for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
Object.assign(process.env, environment);
for (const name of Reflect.ownKeys(globalThis)) {
  // The tracer of an earlier file would keep a later one from registering its own.
  if (/batchyard|opentelemetry/.test(String(name))) Reflect.deleteProperty(globalThis, name);
}
vi.resetModules();
