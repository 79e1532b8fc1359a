import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { type Env, parseEnv } from '@/lib/config/env';
import { SOURCES } from './build.mjs';
import { requireShared, toPart } from './main.mjs';
import { closureOf } from './pack-closure.mjs';
import { environmentOf } from './parts.mjs';
import { WORKERS_STOP_IN } from './stop.mjs';

// The image and the compose file, read without Docker: everything that they name has to be there and to fit together.

interface Service {
  image: string;
  command: string[];
  restart?: string;
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  mem_limit?: string;
  read_only?: boolean;
}

const read = (file: string) => readFileSync(file, 'utf8');
const { scripts, engines } = JSON.parse(read('package.json'));
const ci = parse(read('.github/workflows/ci.yml')).jobs.test.strategy.matrix.include as Record<string, string>[];
/** The schema of the environment has the same names, as its own test shows. */
const known = [...read('.env.example').matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
const major = (image = '') => Number(/:(\d+)/.exec(image)?.[1]);

/** The instructions of the Dockerfile. */
const steps = read('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter(Boolean)
  .map((line) => /^([A-Z]+) +(.*)$/.exec(line) ?? [])
  .map(([, name = '', rest = '']) => ({ name, rest }));
const from = steps.flatMap(({ name, rest }) => (name === 'FROM' ? [rest.split(' ')[0] ?? ''] : []));
const last = steps.slice(steps.findLastIndex(({ name }) => name === 'FROM'));
/** The only instruction of that name in the image's own stage. */
function only(name: string): string {
  const found = last.filter((step) => step.name === name);
  expect(found, name).toHaveLength(1);
  return found[0]?.rest ?? '';
}
const imageEnv = Object.fromEntries(
  only('ENV')
    .split(' ')
    .map((pair) => pair.split('=')),
);

describe('the image', () => {
  it('is made from one major version of Node, which is tested and new enough', () => {
    expect(new Set(from)).toEqual(new Set([from[0]]));
    expect(from[0]).toMatch(/^node:\d+-\w+-slim$/);
    expect(ci.map(({ node }) => Number(node))).toContain(major(from[0]));
    expect(major(from[0])).toBeGreaterThan(Number(/\d+/.exec(engines.node)?.[0]));
  });

  it('runs as an ordinary user, in an init process that forwards signals', () => {
    const user = last.findIndex(({ name }) => name === 'USER');
    expect(only('USER')).not.toMatch(/^(root|0)\b/);
    expect(last.slice(user).map(({ name }) => name)).not.toContain('RUN');
    expect(JSON.parse(only('ENTRYPOINT'))).toEqual(['tini', '--']);
    expect(last.some(({ name, rest }) => name === 'RUN' && /install .*\btini\b/.test(rest))).toBe(true);
    // As a list: a shell would be the process that gets the signal.
    expect(JSON.parse(only('CMD'))).toEqual(['batchyard', 'start']);
  });

  it('is healthy when the product says so', () => {
    const [options = '', command = ''] = only('HEALTHCHECK').split(' CMD ');
    const [program, name, ...more] = JSON.parse(command);
    const usage = spawnSync(process.execPath, ['scripts/batchyard.mjs'], { encoding: 'utf8' }).stdout;
    expect([program, ...more]).toEqual(['batchyard']);
    expect(usage).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(usage).toMatch(/^ {2}start \[part\] /m);
    expect(existsSync('app/api/health/ready/route.ts')).toBe(true);
    // The route answers within three seconds.
    expect(Number(/--timeout=(\d+)s/.exec(options)?.[1])).toBeGreaterThan(3);
  });

  it('holds settings that the product knows, and no secret', () => {
    const { PATH, ...settings } = imageEnv;
    expect(PATH).toBe('/app/node_modules/.bin:$PATH');
    expect(Object.keys(settings).filter((name) => !known.includes(name))).toEqual([]);
    const parsed = parseEnv(settings);
    expect(parsed).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0' });
    expect(only('EXPOSE')).toBe(String(parsed.PORT));
    expect(only('VOLUME')).toBe(parsed.DATA_DIR);
    expect(steps.map(({ name }) => name)).not.toContain('ARG');
    expect(steps.filter(({ rest }) => /password|secret|token|_key/i.test(rest))).toEqual([]);
  });

  it('is built with commands and files that exist', () => {
    const runs = steps.flatMap(({ name, rest }) => (name === 'RUN' ? [rest] : []));
    const named = runs.flatMap((line) => [...line.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script));
    expect(named).toEqual(['pack']);
    for (const script of named) expect(scripts).toHaveProperty([script ?? '']);
    for (const line of runs.filter((run) => /npm (ci|install)/.test(run))) expect(line).toContain('--ignore-scripts');
    const copied = steps.flatMap(({ name, rest }) => (name === 'COPY' ? [rest] : []));
    const sources = copied
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(sources.filter((path) => !existsSync(path))).toEqual([]);
    // What makes the links of Postgres is in the package, too.
    const [, module = '', name = ''] =
      /batchyard\/([\w/.-]+\.mjs)'\)\.then\(\(all\) => all\.(\w+)/.exec(runs.join()) ?? [];
    expect(read(module)).toContain(`export function ${name}(`);
    expect(closureOf('.', ['scripts/batchyard.mjs'])).toContain(module);
  });

  it('gets all that a build reads, and nothing else', () => {
    const [first, ...rest] = read('.dockerignore')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(first).toBe('*');
    const allowed = rest.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(allowed.filter((path) => !existsSync(path))).toEqual([]);
    const top = (path: string) => path.split('/')[0] ?? '';
    // Tests load those before the workers; the product does not.
    const needed = SOURCES.filter((path) => existsSync(path) && !path.startsWith('chaos/')).map(top);
    expect(needed.filter((path) => !allowed.includes(path))).toEqual([]);
    const secret = /^\.(env|data|git)|^compose|^(node_modules|dist|docs|e2e|test-results)$|\.env$/;
    expect(allowed.filter((path) => secret.test(path))).toEqual([]);
  });
});

const compose = parse(read('compose.yaml'), { merge: true });
const services = compose.services as Record<string, Service>;
const product = Object.entries(services).filter(([, { image }]) => image === 'batchyard');
const partOf = ({ command }: Service) => toPart(command[2]) ?? 'web';
const example = [...read('compose.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
  name,
  value,
}));
const SAMPLES: Record<string, string> = {
  PUBLIC_URL: 'https://batchyard.example.org',
  INIT_ADMIN_EMAIL: 'ana@example.org',
  TRUSTED_PROXIES: '172.18.0.1',
};
/** The environment of a service, with the variables of the file as `openssl rand -hex 32` makes them. */
const environment = (service: Service) =>
  Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [
      name,
      value.replace(
        /\$\{([A-Z_]+)[^}]*\}/g,
        (_, variable) => SAMPLES[variable] ?? variable.length.toString(16).repeat(64),
      ),
    ]),
  );
const envOf = (service: Service): Env => parseEnv({ ...imageEnv, ...environment(service) });

describe('the compose file', () => {
  it('has two dashboards and two machines of workers beside Postgres and Redis', () => {
    expect(Object.keys(services)).toEqual(['postgres', 'redis', 'web-1', 'web-2', 'workers-1', 'workers-2']);
    expect(product.map(([, service]) => partOf(service))).toEqual(['web', 'web', 'workers', 'workers']);
    for (const [, { command }] of product) expect(command.slice(0, 2)).toEqual(JSON.parse(only('CMD')));
  });

  it.each(product)('gives %s variables that the product knows and accepts, and all that it shares', (_, service) => {
    expect(Object.keys(environment(service)).filter((name) => !known.includes(name))).toEqual([]);
    requireShared(partOf(service), envOf(service));
  });

  it('keeps from the workers what only dashboards need', () => {
    for (const [, service] of product.filter(([, each]) => partOf(each) === 'workers')) {
      const all = { NODE_ENV: 'production' as const, ...environment(service) };
      expect(environmentOf(all, 'workers')).toEqual(all);
    }
  });

  it('gives all of them the same database, queue, keys and limits', () => {
    const shared = ['DATABASE_URL', 'REDIS_URL', 'SECRETS_KEY', 'MAX_ACTIVE_BATCHES'] as const;
    expect(new Set(product.map(([, each]) => JSON.stringify(shared.map((name) => envOf(each)[name])))).size).toBe(1);
  });

  it('has no default for a secret, and an example for each variable', () => {
    const used = [...read('compose.yaml').matchAll(/\$\{([A-Z_]+)(.*?)\}/g)];
    expect(new Set(used.map(([, name]) => name))).toEqual(new Set(example.map(({ name }) => name)));
    expect(example.filter(({ value }) => value !== '')).toEqual([]);
    const optional = used.filter(([, , rest]) => rest !== ':?set it in compose.env');
    expect(optional.map(([, name, rest]) => [name, rest])).toEqual([['TRUSTED_PROXIES', ':-']]);
    const literal = Object.values(services)
      .flatMap((each) => Object.entries(each.environment ?? {}))
      .filter(([name, value]) => /PASSWORD|SECRET|KEY|AUTH|_URL/.test(name) && !value.includes('${'));
    expect(literal).toEqual([]);
    expect(read('.gitignore').split('\n')).toContain('compose.env');
  });

  it('reaches the services that it has, with the roles that they make', () => {
    const { postgres, redis, 'web-1': web } = services as Required<typeof services>;
    const [app, owner, queue] = (['DATABASE_URL', 'DATABASE_MIGRATION_URL', 'REDIS_URL'] as const).map(
      (name) => new URL(envOf(web as Service)[name] ?? ''),
    );
    expect([app?.hostname, owner?.hostname, queue?.hostname]).toEqual(['postgres', 'postgres', 'redis']);
    expect([owner?.username, owner?.pathname]).toEqual([
      postgres?.environment?.POSTGRES_USER,
      `/${postgres?.environment?.POSTGRES_DB}`,
    ]);
    expect(app?.pathname).toBe(owner?.pathname);
    expect(read('deploy/postgres-roles.sh')).toContain(`create role ${app?.username} login`);
    expect(spawnSync('sh', ['-n', 'deploy/postgres-roles.sh']).status).toBe(0);
    expect(redis?.command.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(ci.map((each) => Number(each.postgres))).toContain(major(postgres?.image));
    expect(major(redis?.image)).toBeGreaterThanOrEqual(7);
  });

  it('starts each service after what it needs is healthy, and again when it ends', () => {
    for (const [name, service] of Object.entries(services)) {
      expect(service.restart, name).toBe('unless-stopped');
      expect(service.mem_limit, name).toMatch(/^\d+[mg]$/);
      // The image has the check of the product.
      expect(Boolean(service.healthcheck), name).toBe(service.image !== 'batchyard');
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(services, name).toHaveProperty([other]);
        expect(condition, name).toBe('service_healthy');
      }
    }
    for (const [name, service] of product) {
      expect(Object.keys(service.depends_on ?? {}), name).not.toEqual([]);
      expect(Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1]) * 1000).toBeGreaterThan(2 * WORKERS_STOP_IN);
      expect(service.read_only, name).toBe(true);
    }
  });

  it('shares the files, and publishes only the dashboards, to this machine', () => {
    const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((each) => each.split(':')));
    const [bound, named] = [true, false].map((isBound) =>
      mounts.flatMap(([source = '']) => (source.startsWith('.') === isBound ? [source] : [])),
    );
    expect(bound?.filter((path) => !existsSync(path))).toEqual([]);
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
    for (const [, { volumes }] of product) expect(volumes).toEqual([`files:${imageEnv.DATA_DIR}/files`]);
    const ports = Object.entries(services).flatMap(([name, each]) => (each.ports ?? []).map((port) => [name, port]));
    expect(ports.map(([name]) => name)).toEqual(['web-1', 'web-2']);
    for (const [, port] of ports) expect(port).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\d+:${imageEnv.PORT}$`));
    expect(new Set(ports.map(([, port]) => port)).size).toBe(ports.length);
  });

  it('lets Postgres have the connections of all machines', () => {
    const consumers = product.map(([, each]) => (partOf(each) === 'workers' ? envOf(each).WORKER_PROCESSES.max : 0));
    const needed = 60 * product.length + 21 * consumers.reduce((sum, count) => sum + count, 0);
    const [, allowed] = /max_connections=(\d+)/.exec(services.postgres?.command.join(' ') ?? '') ?? [];
    expect(Number(allowed)).toBeGreaterThan(needed);
    expect(read('docs/operations.md')).toContain('at least 21 for each consumer of');
  });
});

test('the page about deployment names services and files of the compose file', () => {
  const page = read('docs/deploy.md');
  const named = [...page.matchAll(/docker compose [^\n`]*/g)].flatMap(
    ([line]) => line.match(/\b(web|workers)-\d\b/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !(name in services))).toEqual([]);
  for (const file of ['compose.env.example', 'compose.yaml', 'Dockerfile']) expect(page).toContain(file);
  // Longer than a stop takes.
  expect(Number(/TimeoutStopSec=(\d+)/.exec(page)?.[1]) * 1000).toBeGreaterThan(2 * WORKERS_STOP_IN);
});
