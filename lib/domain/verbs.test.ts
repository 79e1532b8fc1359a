import type { CallExpression, Node } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { type Callable, childrenOf, isCallable, Sources } from '@/lib/testing/statements/sources';

// Verbs are discovered: what routes, pages and programs import of lib/domain and what takes a Context first.

/** Everyone who is signed in may do this with the own account, whatever the role. */
const OWN_ACCOUNT: Record<string, string> = {
  getViewer: 'who one is',
  getSignInMethods: 'the own ways to sign in',
  changePassword: 'the own password',
  reauthenticate: 'the own password',
  listSessions: 'the own sessions',
  endSession: 'the own sessions',
  endOtherSessions: 'the own sessions',
  startExport: 'the own data; that of the organization is checked in a function of its own',
  listExports: 'the own exports',
  previewOwnDeletion: 'the own account',
  deleteOwnAccount: 'the own account',
};

/** Verbs that check something else first. */
const OTHER_CHECK: Record<string, string> = {
  may: 'the check itself',
  requirePermission: 'the check itself',
  countRequest: 'a limit that holds for every request',
  takeStream: 'a limit that holds for every stream',
  fileLimitOf: 'a limit, for an upload that its verb checks',
  audienceOf: 'what the caller sees, for what was checked before',
  openDoor: 'what the caller sees, for what was checked before',
  requireRecentSignIn: 'how long ago the sign-in was',
  requireOwnFactor: 'how the session was confirmed',
  readFirst: 'the reads of a page are verbs, each with its own check',
  findRequestHash: 'only chooses between two refusals',
};

/** Verbs that change something and have no entry of their own. */
const NO_ENTRY: Record<string, string> = {
  createChild: 'children are many, and their batch has entries',
  registerChild: 'children are many, and their batch has entries',
  sendChild: 'children are many, and their batch has entries',
  estimateBulkAction: 'it changes no job, and its start has an entry',
  continueEstimate: 'it changes no job, and its start has an entry',
};

/** These find the organization that the permission is about. */
const BEFORE_THE_CHECK = ['inOrganization'];

const isProduct = (path: string) => !/\.test\.tsx?$|^lib\/(testing|db\/generated)\//.test(path);
const isDomain = (path: string) => path.startsWith('lib/domain/');
/** Consumers run as the system, which may do everything. Programs of one's own act as their key. */
const isCaller = (path: string) => /^(app|lib\/http|workers\/models)\/|^workers\/jobs-service\.ts$/.test(path);

const sources = new Sources(process.cwd());
for (const folder of ['app', 'lib', 'workers']) sources.read(folder, isProduct);

const functions = [...sources.topLevel(isDomain)];
const methods = functions.filter(({ owner }) => owner !== undefined);

const takesContext = (fn: Callable): boolean => {
  const [first] = fn.params;
  return first !== undefined && 'typeAnnotation' in first && /: Context$/.test(sources.textOf(first));
};

const verbs = functions.filter(
  ({ path, name, fn, exported }) => exported && takesContext(fn) && sources.importersOf(path, name).some(isCaller),
);

/** A method is called where its class is known. */
const knows = (from: string, path: string, owner: string): boolean =>
  from === path || sources.importersOf(path, owner).includes(from);

/** Returns the function that a call runs, if the product declares it. */
function calleeOf(call: CallExpression): Callable[] {
  const { callee } = call;
  if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier') {
    const { name } = callee.property;
    const from = sources.placeOf(call).split(':')[0] ?? '';
    return methods.filter((each) => each.name === name && knows(from, each.path, each.owner ?? '')).map(({ fn }) => fn);
  }
  if (callee.type !== 'Identifier') return [];
  const found = sources.declarationOf(callee.name, call);
  if (isCallable(found)) return [found];
  return found?.type === 'VariableDeclarator' && isCallable(found.init) ? [found.init] : [];
}

const callOf = (node: Node | null | undefined): CallExpression | undefined => {
  if (node?.type === 'AwaitExpression' || node?.type === 'ReturnStatement') return callOf(node.argument);
  if (node?.type === 'ExpressionStatement') return callOf(node.expression);
  return node?.type === 'CallExpression' ? node : undefined;
};

const nameOf = (call: CallExpression | undefined): string =>
  call?.callee.type === 'Identifier' ? call.callee.name : '';

function* nodesIn(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesIn(child);
}

/** Whether nothing happens before the check: constants may be made, and what the check is about may be found. */
const isPreparation = (statement: Node): boolean =>
  statement.type === 'VariableDeclaration' &&
  [...nodesIn(statement)].every(
    (node) => node.type !== 'AwaitExpression' || BEFORE_THE_CHECK.includes(nameOf(callOf(node))),
  );

function beginsWithPermission(fn: Callable): boolean {
  const { body } = fn;
  if (!body) return false;
  const statements: Node[] = body.type === 'BlockStatement' ? body.body : [body];
  const first = callOf(statements.find((statement) => !isPreparation(statement)));
  if (!first) return false;
  return nameOf(first) === 'requirePermission' || calleeOf(first).some((callee) => beginsWithPermission(callee));
}

const WRITES = /\b(?:insert into|delete from|update [a-z_"]+(?: [a-z])? set)\b/i;
const TEMPORARY = /\b(?:insert into|update) (?:added_item|replacement|staged_correction)\b/i;
const PRISMA_WRITES = /prisma\(\)\.\w+\.(?:create|update|delete|upsert)/;

/** Returns what a function does itself and through the functions that it calls. */
function effectsOf(fn: Callable, seen = new Set<Callable>()): { writes: string[]; entries: CallExpression[] } {
  const writes: string[] = [];
  const entries: CallExpression[] = [];
  if (seen.has(fn) || !fn.body) return { writes, entries };
  seen.add(fn);
  for (const node of nodesIn(fn.body)) {
    if (node.type === 'TaggedTemplateExpression' || node.type === 'CallExpression') {
      const text = sources.textOf(node);
      const isWrite =
        node.type === 'TaggedTemplateExpression'
          ? WRITES.test(text) && !TEMPORARY.test(text)
          : PRISMA_WRITES.test(text.slice(0, 200));
      if (isWrite) writes.push(sources.placeOf(node));
    }
    if (node.type !== 'CallExpression') continue;
    if (['audit', 'insertEntries'].includes(nameOf(node))) entries.push(node);
    else {
      for (const callee of calleeOf(node)) {
        const inner = effectsOf(callee, seen);
        writes.push(...inner.writes);
        entries.push(...inner.entries);
      }
    }
  }
  return { writes, entries };
}

/** Returns the permissions that a node requires itself and through the functions that it calls. */
function permissionsIn(node: Node, seen = new Set<Node>()): string[] {
  return [...nodesIn(node)].flatMap((each) => {
    if (each.type !== 'CallExpression') return [];
    if (nameOf(each) === 'requirePermission') return [sources.textOf(each.arguments[1] ?? each)];
    return calleeOf(each).flatMap((callee) => {
      if (seen.has(callee) || !callee.body) return [];
      seen.add(callee);
      return permissionsIn(callee.body, seen);
    });
  });
}

describe('every route', () => {
  const routes = (sources.calls.get('route') ?? []).flatMap((call) => {
    const [options, handler] = call.arguments;
    const permission = options && /permission: ('[\w.-]+')/.exec(sources.textOf(options))?.[1];
    return permission && handler ? [{ permission, handler, place: sources.placeOf(call) }] : [];
  });

  it('checks a permission that its verb requires too', () => {
    expect(routes.length).toBeGreaterThan(80);
    const without = routes.filter(({ permission, handler }) => {
      // What is about the caller alone needs no permission.
      if (!permission.includes('.')) return false;
      const required = permissionsIn(handler);
      return !required.includes(permission) && !required.some((each) => each.startsWith('`'));
    });
    expect(without.map(({ permission, place }) => `${place} checks ${permission}`)).toEqual([]);
  });
});

describe('every verb', () => {
  it('is found', () => {
    const names = verbs.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(70);
    expect(names).toEqual(expect.arrayContaining(['launchBatch', 'pauseBatch', 'retryJob', 'getFlow', 'createApiKey']));
  });

  it('begins with the permission that it needs', () => {
    const without = verbs
      .filter(({ name, fn }) => !(name in OWN_ACCOUNT) && !(name in OTHER_CHECK) && !beginsWithPermission(fn))
      .map(({ name, fn }) => `${name} (${sources.placeOf(fn)})`);
    expect(without).toEqual([]);
  });

  it('has an audit entry in the transaction, if it changes something', () => {
    const without = verbs
      .filter(({ name }) => !(name in NO_ENTRY) && !(name in OTHER_CHECK))
      .flatMap(({ name, fn }) => {
        const { writes, entries } = effectsOf(fn);
        const inTransaction = entries.some((call) => !/^pool\(/.test(sources.textOf(call.arguments[0] ?? call)));
        return writes.length > 0 && !inTransaction ? [`${name} (${sources.placeOf(fn)}) writes at ${writes[0]}`] : [];
      });
    expect(without).toEqual([]);
  });

  it('has no exception that nothing needs', () => {
    const names = new Set(verbs.map(({ name }) => name));
    for (const name of Object.keys({ ...OWN_ACCOUNT, ...OTHER_CHECK, ...NO_ENTRY })) expect(names).toContain(name);
  });
});
