import type { CallExpression, Node } from 'oxc-parser';
import { type Callable, childrenOf, isCallable, type Sources } from './sources';

/** A statement or fragment: the text between its parameters, and the expressions of their values. */
interface Parts {
  texts: readonly string[];
  values: readonly Node[];
}
/** The variants of a fragment. Undefined: it is a value, not SQL. */
export type Variants = Parts[] | undefined;

/** What is known about one function call: the fragments in its parameters, and its type arguments. */
export interface Bound {
  parameters: Map<Node, Variants>;
  types: Map<string, { node: Node; bound: Bound }>;
}

export const unbound = (): Bound => ({ parameters: new Map(), types: new Map() });

const MAX_DEPTH = 30;

/** Composes the texts of statements from the sources, without running them. */
export class Composer {
  /** templates that are part of a composed statement */
  readonly reached = new Set<Node>();
  private depth = 0;

  constructor(private readonly sources: Sources) {}

  /** Returns the variants of an SQL expression: one fragment varies at a time, the others keep their first variant. */
  variants(node: Node, bound: Bound): Variants {
    if (this.depth > MAX_DEPTH) return undefined;
    this.depth += 1;
    try {
      return this.compose(node, bound);
    } finally {
      this.depth -= 1;
    }
  }

  private compose(node: Node, bound: Bound): Variants {
    switch (node.type) {
      case 'TaggedTemplateExpression': {
        if (!this.sources.tagged.includes(node)) return undefined;
        this.reached.add(node);
        const { quasis, expressions } = node.quasi;
        const between = expressions.map((each) => this.variants(each, bound) ?? [parameter(each)]);
        return varied(between).map((chosen) =>
          chosen.reduce<Parts>(
            (parts, each, i) => concat(concat(parts, each), plain(quasis[i + 1]?.value.cooked ?? '')),
            plain(quasis[0]?.value.cooked ?? ''),
          ),
        );
      }
      case 'TSAsExpression':
      case 'TSNonNullExpression':
      case 'ParenthesizedExpression':
        return this.variants(node.expression, bound);
      case 'AwaitExpression':
        return node.argument ? this.variants(node.argument, bound) : undefined;
      case 'ConditionalExpression':
        return either(this.variants(node.consequent, bound), this.variants(node.alternate, bound));
      case 'LogicalExpression':
        return either(this.variants(node.left, bound), this.variants(node.right, bound));
      case 'Identifier':
        return this.named(node.name, node, bound);
      case 'MemberExpression':
        return this.member(node, bound);
      case 'CallExpression':
        return this.call(node, bound);
      default:
        return undefined;
    }
  }

  private named(name: string, from: Node, bound: Bound): Variants {
    const found = this.sources.declarationOf(name, from);
    if (!found) return undefined;
    if (found.type === 'VariableDeclarator') {
      return found.id.type === 'Identifier' && found.init ? this.variants(found.init, bound) : undefined;
    }
    const parameter = found.type === 'AssignmentPattern' ? found.left : found;
    if (bound.parameters.has(parameter)) return bound.parameters.get(parameter);
    if (!this.isSql(parameter)) return undefined;
    const fn = this.sources.parentOf(found);
    if (!isCallable(fn)) return undefined;
    return this.callers(fn)
      .map((each) => each.parameters.get(parameter))
      .reduce(either, undefined);
  }

  private isSql(parameter: Node): boolean {
    return parameter.type === 'Identifier' && /^:\s*Sql$/.test(this.annotationOf(parameter));
  }

  private annotationOf(parameter: Node): string {
    return 'typeAnnotation' in parameter && parameter.typeAnnotation
      ? this.sources.textOf(parameter.typeAnnotation)
      : '';
  }

  /** One `Bound` for each call of a function that takes SQL or types, else a single empty one. */
  callersFor(node: Node): Bound[] {
    const fn = this.sources.functionAround(node);
    if (!fn) return [unbound()];
    const takesSql = fn.params.some((each) => this.isSql(each.type === 'AssignmentPattern' ? each.left : each));
    if (!takesSql && !fn.typeParameters) return [unbound()];
    const callers = this.callers(fn);
    return callers.length > 0 ? callers : [unbound()];
  }

  private callers(fn: Callable): Bound[] {
    return this.sources.callsOf(fn).flatMap((call) => this.callersFor(call).map((outer) => this.bind(fn, call, outer)));
  }

  private bind(fn: Callable, call: CallExpression, outer: Bound): Bound {
    const inner = unbound();
    fn.params.forEach((each, i) => {
      const parameter = each.type === 'AssignmentPattern' ? each.left : each;
      const given = call.arguments[i];
      if (given) inner.parameters.set(parameter, this.variants(given, outer));
      else if (each.type === 'AssignmentPattern') inner.parameters.set(parameter, this.variants(each.right, inner));
    });
    fn.typeParameters?.params.forEach((each, i) => {
      const given = call.typeArguments?.params[i] ?? each.constraint;
      if (given) inner.types.set(each.name.name, { node: given, bound: outer });
    });
    return inner;
  }

  private functionOf(callee: Node): Callable | undefined {
    if (isCallable(callee)) return callee;
    if (callee.type !== 'Identifier') return undefined;
    const found = this.sources.declarationOf(callee.name, callee);
    const fn = found?.type === 'VariableDeclarator' ? found.init : found;
    return isCallable(fn) ? fn : undefined;
  }

  private call(node: CallExpression, bound: Bound): Variants {
    const { callee } = node;
    const [first] = node.arguments;
    if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier') {
      const { object, property } = callee;
      if (property.name === 'named') return this.variants(object, bound);
      if (object.type !== 'Identifier' || object.name !== 'sql' || !first) return undefined;
      if (property.name === 'literal') return [plain(this.constant(first))];
      const [, separator] = node.arguments;
      if (property.name === 'join' && separator?.type === 'Literal') {
        return this.joined(first, String(separator.value), bound);
      }
    }
    const fn = this.functionOf(callee);
    if (!fn) return undefined;
    const inner = this.bind(fn, node, bound);
    return returnsOf(fn)
      .map((each) => this.variants(each, inner))
      .reduce(either, undefined);
  }

  /** Returns a constant as SQL. A value that is known only at run time becomes null, which fits every type. */
  private constant(node: Node): string {
    if (node.type === 'Literal') {
      return typeof node.value === 'string' ? `'${node.value.replaceAll("'", "''")}'` : String(node.value);
    }
    if (node.type !== 'Identifier') return 'null';
    const found = this.sources.declarationOf(node.name, node);
    return found?.type === 'VariableDeclarator' && found.init ? this.constant(found.init) : 'null';
  }

  private joined(list: Node, separator: string, bound: Bound): Variants {
    const items = this.items(list, bound);
    const always = items.flatMap((each) => (each.optional ? [] : [each.variants]));
    const all = items.map((each) => each.variants);
    const one = items.flatMap((each) => (each.optional ? [[...always, each.variants]] : []));
    return [all, always, ...one]
      .filter((chosen) => chosen.length > 0)
      .flatMap(varied)
      .map((chosen) => chosen.reduce((a, b) => concat(concat(a, plain(separator)), b)));
  }

  /** Returns the fragments of a list: the initial ones, and those pushed later. */
  private items(list: Node, bound: Bound): { variants: Parts[]; optional: boolean }[] {
    const item = (node: Node, optional: boolean) => ({
      variants: this.variants(node, bound) ?? [parameter(node)],
      optional,
    });
    if (list.type === 'ArrayExpression') return list.elements.flatMap((each) => (each ? [item(each, false)] : []));
    if (list.type === 'CallExpression' && list.callee.type === 'MemberExpression') {
      const fn = list.arguments[0] && this.functionOf(list.arguments[0]);
      return fn ? returnsOf(fn).map((each) => item(each, true)) : [];
    }
    const found = list.type === 'Identifier' ? this.sources.declarationOf(list.name, list) : undefined;
    if (list.type !== 'Identifier' || found?.type !== 'VariableDeclarator' || !found.init) return [];
    const pushed = (this.sources.calls.get('push') ?? []).filter(
      ({ callee }) =>
        callee.type === 'MemberExpression' &&
        callee.object.type === 'Identifier' &&
        callee.object.name === list.name &&
        this.sources.declarationOf(list.name, callee) === found,
    );
    return [
      ...this.items(found.init, bound),
      ...pushed.flatMap((call) => call.arguments.map((each) => item(each, true))),
    ];
  }

  private member(node: Extract<Node, { type: 'MemberExpression' }>, bound: Bound): Variants {
    const key = !node.computed && node.property.type === 'Identifier' ? node.property.name : undefined;
    return this.objects(node.object, bound)
      .flatMap(({ object, inner }) =>
        object.properties.map((each) =>
          each.type === 'Property' && (key === undefined || (each.key.type === 'Identifier' && each.key.name === key))
            ? this.variants(each.value, inner)
            : undefined,
        ),
      )
      .reduce(either, undefined);
  }

  private objects(node: Node, bound: Bound): { object: Extract<Node, { type: 'ObjectExpression' }>; inner: Bound }[] {
    switch (node.type) {
      case 'ObjectExpression':
        return [{ object: node, inner: bound }];
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
        return this.objects(node.expression, bound);
      case 'ConditionalExpression':
        return [...this.objects(node.consequent, bound), ...this.objects(node.alternate, bound)];
      case 'Identifier': {
        const found = this.sources.declarationOf(node.name, node);
        return found?.type === 'VariableDeclarator' && found.init ? this.objects(found.init, bound) : [];
      }
      case 'CallExpression': {
        const fn = this.functionOf(node.callee);
        if (!fn) return [];
        const inner = this.bind(fn, node, bound);
        return returnsOf(fn).flatMap((each) => this.objects(each, inner));
      }
      default:
        return [];
    }
  }
}

function either(a: Variants, b: Variants): Variants {
  return a && b ? [...a, ...b] : (a ?? b);
}

const plain = (text: string): Parts => ({ texts: [text], values: [] });

const parameter = (value: Node): Parts => ({ texts: ['', ''], values: [value] });

const concat = (a: Parts, b: Parts): Parts => ({
  texts: [...a.texts.slice(0, -1), `${a.texts.at(-1) ?? ''}${b.texts[0] ?? ''}`, ...b.texts.slice(1)],
  values: [...a.values, ...b.values],
});

/** Returns the first variant of all fragments, then each other variant of one with the first variants of the others. */
function varied(choices: Parts[][]): Parts[][] {
  const first = choices.map((each) => each[0] ?? plain(''));
  const others = choices.flatMap((each, i) => each.slice(1).map((form) => first.with(i, form)));
  return [first, ...others];
}

function returnsOf(fn: Callable): Node[] {
  if (!fn.body) return [];
  if (fn.body.type !== 'BlockStatement') return [fn.body];
  const found: Node[] = [];
  const look = (node: Node): void => {
    if (node.type === 'ReturnStatement' && node.argument) found.push(node.argument);
    if (!isCallable(node)) childrenOf(node).forEach(look);
  };
  look(fn.body);
  return found;
}
