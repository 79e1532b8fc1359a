import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CallExpression, type Node, type Program, parseSync, visitorKeys } from 'oxc-parser';

/** A function in any syntax. */
export type Callable = Extract<
  Node,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

/** A function at the top level of a file, or a method of a class there. */
export interface TopLevel {
  path: string;
  name: string;
  fn: Callable;
  exported: boolean;
  /** the class of a method */
  owner?: string;
}

interface Source {
  path: string;
  text: string;
  program: Program;
  /** local names of imports, with the source file and the exported name */
  imports: Map<string, { from: string; name: string }>;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

export const isCallable = (node: Node | null | undefined): node is Callable =>
  node?.type === 'FunctionDeclaration' ||
  node?.type === 'FunctionExpression' ||
  node?.type === 'ArrowFunctionExpression';

/** Returns the children of a node in source order. */
export function childrenOf(node: Node): Node[] {
  return (visitorKeys[node.type] ?? []).flatMap((key) => {
    const value = (node as unknown as Record<string, unknown>)[key];
    return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
  });
}

/** The product's sources as syntax trees, with resolution of names. */
export class Sources {
  /** every call, by the last segment of the callee's name */
  readonly calls = new Map<string, CallExpression[]>();
  readonly tagged: Node[] = [];
  private readonly parents = new Map<Node, Node>();
  private readonly files = new Map<string, Source>();
  private readonly byProgram = new Map<Node, Source>();

  constructor(private readonly root: string) {}

  /** Parses all files of a folder for which `wanted` returns true. */
  read(folder: string, wanted: (path: string) => boolean): void {
    for (const entry of readdirSync(join(this.root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) this.read(path, wanted);
      else if (/\.tsx?$/.test(path) && wanted(path)) this.add(path);
    }
  }

  private add(path: string): void {
    const text = readFileSync(join(this.root, path), 'utf8');
    const { program, errors } = parseSync(path, text);
    if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
    const source: Source = { path, text, program, imports: new Map() };
    this.files.set(path, source);
    this.byProgram.set(program, source);
    for (const statement of program.body) {
      if (statement.type !== 'ImportDeclaration') continue;
      for (const each of statement.specifiers) {
        if (each.type !== 'ImportSpecifier' || each.imported.type !== 'Identifier') continue;
        source.imports.set(each.local.name, { from: statement.source.value, name: each.imported.name });
      }
    }
    this.visit(program);
  }

  private visit(node: Node): void {
    if (node.type === 'CallExpression') {
      const { callee } = node;
      const name =
        callee.type === 'Identifier'
          ? callee.name
          : callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
            ? callee.property.name
            : '';
      this.calls.set(name, [...(this.calls.get(name) ?? []), node]);
    }
    if (node.type === 'TaggedTemplateExpression' && node.tag.type === 'Identifier' && node.tag.name === 'sql') {
      this.tagged.push(node);
    }
    for (const child of childrenOf(node)) {
      this.parents.set(child, node);
      this.visit(child);
    }
  }

  /** Returns the functions and the classes' methods that files declare at their top level. */
  *topLevel(wanted: (path: string) => boolean): Generator<TopLevel> {
    for (const { path, program } of this.files.values()) {
      if (!wanted(path)) continue;
      for (const statement of program.body) {
        const exported = statement.type === 'ExportNamedDeclaration';
        for (const found of functionsIn(exported ? statement.declaration : statement)) {
          yield { path, exported, ...found };
        }
      }
    }
  }

  /** Returns the files that import a name from a file. */
  importersOf(path: string, name: string): string[] {
    return [...this.files.values()]
      .filter((source) =>
        [...source.imports.values()].some(
          (each) => each.name === name && `${this.baseOf(source, each.from)}.ts` === path,
        ),
      )
      .map((source) => source.path);
  }

  private baseOf(source: Source, from: string): string {
    return from.startsWith('@/') ? from.slice(2) : join(dirname(source.path), from);
  }

  parentOf(node: Node): Node | undefined {
    return this.parents.get(node);
  }

  /** Returns the innermost function around a node. */
  functionAround(node: Node): Callable | undefined {
    for (let at = this.parentOf(node); at; at = this.parentOf(at)) if (isCallable(at)) return at;
    return undefined;
  }

  private sourceOf(node: Node): Source {
    let top = node;
    for (let at: Node | undefined = node; at; at = this.parentOf(at)) top = at;
    const source = this.byProgram.get(top);
    if (!source) throw new Error(`a ${node.type} outside of the sources`);
    return source;
  }

  /** Returns the location of a node as `file:line`. */
  placeOf(node: Node): string {
    const { path, text } = this.sourceOf(node);
    return `${path}:${text.slice(0, node.start).split('\n').length}`;
  }

  textOf(node: Node): string {
    return this.sourceOf(node).text.slice(node.start, node.end);
  }

  /**
   * Resolves a name at a node to its declaration: a declarator, a function, a parameter, a type. Returns undefined for
   * declarations of packages and of the language.
   */
  declarationOf(name: string, from: Node): Node | undefined {
    for (let scope = this.parentOf(from); scope; scope = this.parentOf(scope)) {
      const found = declarationsIn(scope).find((each) => namesOf(each).includes(name));
      if (found) return found;
    }
    const source = this.sourceOf(from);
    const imported = source.imports.get(name);
    if (!imported) return undefined;
    const base = this.baseOf(source, imported.from);
    const target = [`${base}.ts`, `${base}.tsx`, `${base}/index.ts`].flatMap((path) => this.files.get(path) ?? [])[0];
    return target && declarationsIn(target.program).find((each) => namesOf(each).includes(imported.name));
  }

  /** Returns the calls of a named function. */
  callsOf(fn: Callable): CallExpression[] {
    const declarator = this.parentOf(fn);
    const id = fn.id ?? (declarator?.type === 'VariableDeclarator' ? declarator.id : undefined);
    if (id?.type !== 'Identifier') return [];
    return (this.calls.get(id.name) ?? []).filter((call) => {
      if (call.callee.type !== 'Identifier') return false;
      const found = this.declarationOf(id.name, call);
      return found === fn || (found?.type === 'VariableDeclarator' && found.init === fn);
    });
  }
}

function functionsIn(statement: Node | null): { name: string; fn: Callable; owner?: string }[] {
  const [declared = ''] = statement ? namesOf(statement) : [];
  if (isCallable(statement)) return [{ name: declared, fn: statement }];
  if (statement?.type === 'VariableDeclaration') {
    return statement.declarations.flatMap(({ id, init }) =>
      id.type === 'Identifier' && isCallable(init) ? [{ name: id.name, fn: init }] : [],
    );
  }
  if (statement?.type !== 'ClassDeclaration') return [];
  return statement.body.body.flatMap((each) => {
    if (each.type !== 'MethodDefinition' || each.key.type !== 'Identifier') return [];
    const fn = childrenOf(each).find(isCallable);
    return fn ? [{ name: each.key.name, fn, owner: declared }] : [];
  });
}

function declarationsIn(scope: Node): Node[] {
  if (isCallable(scope)) return [...scope.params];
  if (scope.type === 'ForOfStatement' && scope.left.type === 'VariableDeclaration') return scope.left.declarations;
  if (scope.type === 'CatchClause') return scope.param ? [scope.param] : [];
  if (scope.type !== 'Program' && scope.type !== 'BlockStatement') return [];
  return scope.body.flatMap((statement): Node[] => {
    const bare = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (bare?.type === 'VariableDeclaration') return bare.declarations;
    return bare ? [bare] : [];
  });
}

function namesOf(node: Node): string[] {
  switch (node.type) {
    case 'Identifier':
      return [node.name];
    case 'AssignmentPattern':
      return namesOf(node.left);
    case 'ObjectPattern':
      return node.properties.flatMap((each) => namesOf(each.type === 'Property' ? each.value : each.argument));
    case 'ArrayPattern':
      return node.elements.flatMap((each) => (each ? namesOf(each) : []));
    case 'VariableDeclarator':
      return namesOf(node.id);
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return node.id ? [node.id.name] : [];
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return [node.id.name];
    default:
      return [];
  }
}
