import type { Node } from 'oxc-parser';
import { childrenOf, type Sources } from './sources';

/** Names of fields that accept a fraction in every schema that has them: `z.number()` without `.int()`. */
export class FractionalOptions {
  private readonly names = new Set<string>();

  constructor(private readonly sources: Sources) {
    const whole = new Set<string>();
    for (const method of ['object', 'strictObject', 'extend']) {
      for (const { arguments: given } of sources.calls.get(method) ?? []) {
        if (given[0]?.type !== 'ObjectExpression') continue;
        for (const each of given[0].properties) {
          if (each.type !== 'Property' || each.key.type !== 'Identifier') continue;
          if (this.isFractional(each.value)) this.names.add(each.key.name);
          else whole.add(each.key.name);
        }
      }
    }
    for (const name of whole) this.names.delete(name);
  }

  private isFractional(schema: Node): boolean {
    const text = this.sources.textOf(schema).replaceAll(/\s/g, '');
    return /^z\.(coerce\.)?number\(\)/.test(text) && !text.includes('.int()');
  }

  /** Returns whether a value may be a fraction, as far as its expression shows it. */
  mayBe(value: Node): boolean {
    switch (value.type) {
      case 'Identifier':
        return this.names.has(value.name);
      case 'MemberExpression':
        return value.property.type === 'Identifier' && this.names.has(value.property.name);
      case 'BinaryExpression':
        return value.operator === '/' || childrenOf(value).some((each) => this.mayBe(each));
      case 'ConditionalExpression':
        return this.mayBe(value.consequent) || this.mayBe(value.alternate);
      case 'LogicalExpression':
      case 'UnaryExpression':
      case 'TSNonNullExpression':
        return childrenOf(value).some((each) => this.mayBe(each));
      default:
        return false;
    }
  }
}

/**
 * Finds parameters whose type Postgres does not infer as it is meant: a whole number where a fraction may come, a type
 * that only a neighbor in arithmetic determines, and text where two parameters are compared.
 * @param wholeTypes for each parameter the name of its type if it is one of whole numbers
 */
export function parameterProblems(
  text: string,
  values: readonly Node[],
  wholeTypes: readonly (string | undefined)[],
  options: FractionalOptions,
): string[] {
  const compared = [...text.matchAll(/\$(\d+)\s*(?:=|<>|[<>]=?)\s*\$\d+/g)];
  return [
    ...compared.map(([, n]) => `parameter ${n} is compared with another one, as text: cast it`),
    ...wholeTypes.flatMap((type, i) => {
      if (!type) return [];
      const value = values[i];
      if (value && options.mayBe(value)) return [`parameter ${i + 1} is ${type}, and its value may be a fraction`];
      const [before = '', after = ''] = text.split(new RegExp(`\\$${i + 1}(?!\\d)`), 2);
      if (after.startsWith('::')) return [];
      const isArithmetic = /[-+*/%]\s*$/.test(before) || /^\s*([+*/%]|-(?!>))/.test(after);
      return isArithmetic ? [`parameter ${i + 1} is taken for ${type}: cast it, as it is part of arithmetic`] : [];
    }),
  ];
}
