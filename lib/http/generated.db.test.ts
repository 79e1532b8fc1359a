import { expect, it, vi } from 'vitest';

vi.stubEnv('AUTH_SECRET', 'a-secret-for-tests-that-is-long-enough');

const { openApiDocument } = await import('./openapi/document');
const { AnswerCheck } = await import('@/lib/testing/answer-check');
const { createContext } = await import('@/lib/testing/factories');
const { Random } = await import('@/lib/testing/generate/random');
const { idsIn, Requests } = await import('@/lib/testing/generate/requests');
const { signedIn, withKey } = await import('@/lib/testing/identities');
const { offeredCalls } = await import('@/lib/testing/routes');
const { TableSums } = await import('@/lib/testing/table-sums');
const { createThings } = await import('@/lib/testing/things');

// Requests that are generated from the OpenAPI document: fitting ones, and such that are wrong in every way. To send more
// of them, or others: GENERATED_REQUESTS=10000 GENERATED_SEED=7 npx vitest run --project postgres generated
const COUNT = Number(process.env.GENERATED_REQUESTS ?? 1500);
const SEED = Number(process.env.GENERATED_SEED ?? 1);

const document = openApiDocument();
const check = new AnswerCheck(document);
const random = new Random(SEED);
const sums = new TableSums();
const ids: Record<string, string[]> = {};
const senders: Record<string, string>[] = [];

const idOf = (kind: string): string => random.pick(random.chance(0.7) && ids[kind] ? ids[kind] : (ids.any ?? []));
const requests = new Requests(random, document as unknown as ConstructorParameters<typeof Requests>[1], idOf);

/** The requests may revoke the keys that send them, and delete their organization. */
const RENEWED_EVERY = 250;

/** Creates two organizations with one of everything, and those who send the requests. */
async function renew(): Promise<void> {
  const [ours, theirs] = [await createContext(), await createContext()];
  const things = await createThings(ours);
  for (const [kind, id] of Object.entries(things)) ids[kind] = [id];
  ids.any = [
    ...Object.values(things),
    ...Object.values(await createThings(theirs)),
    '00000000-0000-7000-8000-000000000000',
  ];
  const { organizationId } = ours;
  senders.length = 0;
  const owner = await withKey({ organizationId, role: 'owner', systemAdmin: true });
  senders.push(owner, owner, owner, await signedIn({ organizationId, role: 'owner', systemAdmin: true }));
  senders.push(
    await withKey({ organizationId, role: 'operator' }),
    await withKey({ organizationId, role: 'viewer' }),
    {},
  );
}

it(`answers ${COUNT} generated requests as documented, and refused ones change nothing`, {
  timeout: COUNT * 1000,
}, async () => {
  const calls = new Map((await offeredCalls()).map((each) => [each.call, each]));
  const problems: string[] = [];
  const statuses: Record<string, number> = {};
  for (let sent = 0; sent < COUNT && problems.length < 20; sent += 1) {
    if (sent % RENEWED_EVERY === 0) await renew();
    const { method, template, id, path, headers, body } = requests.next();
    const { handler } = calls.get(`${method} ${template}`) ?? {};
    if (!handler) throw new Error(`No route file offers ${method} ${template}.`);
    const sender = random.pick(senders);
    const request = new Request(`http://127.0.0.1:3000${path}`, {
      method,
      headers: { ...headers, ...sender },
      ...(body ? { body } : {}),
    });
    await sums.remember();
    const response = await handler(request, { params: Promise.resolve({ id }) });
    const { status } = response;
    const contentType = response.headers.get('content-type');
    const isStream = contentType?.startsWith('text/event-stream') ?? false;
    const text = isStream ? undefined : await response.text();
    if (isStream) await response.body?.cancel();
    statuses[status] = (statuses[status] ?? 0) + 1;
    const told = () =>
      `#${sent} ${method} ${path.slice(0, 200)} ${body ? Buffer.from(body).toString().slice(0, 300) : ''}`;
    const different = check.differs({ method, path, status, contentType, body: text });
    if (status >= 500) problems.push(`${told()} answered ${status}: ${text}`);
    else if (different) problems.push(`${told()} ${different}`);
    if (status >= 400) {
      const changed = await sums.changed();
      if (changed.length > 0) problems.push(`${told()} was refused with ${status} and changed ${changed.join(', ')}`);
    } else if (text && contentType?.includes('json') && !contentType.includes('ndjson')) {
      ids.any = [...(ids.any ?? []), ...idsIn(text)].slice(-200);
    }
  }
  expect(problems).toEqual([]);
  // Without answers of both kinds, nothing was tried.
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '201', '400', '401', '403', '404', '422']));
});
