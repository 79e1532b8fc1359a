import { FLOW_EXAMPLES, type FlowExample } from '@/lib/contracts/flow-examples';
import { isObject, stringifyJson } from '@/lib/contracts/json';

export type { FlowExample };

/** Example flows to start from. */
export const EXAMPLES: readonly FlowExample[] = FLOW_EXAMPLES;

/** Formats a value as JSON, with short objects and arrays on one line. */
export function writeJson(value: unknown, indent = ''): string {
  const flat = stringifyJson(value);
  if (flat.length + indent.length <= 76 || !isObject(value)) return spaced(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => inner + writeJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  const lines = Object.entries(value).map(([key, item]) => `${inner}${stringifyJson(key)}: ${writeJson(item, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (!isObject(value)) return stringifyJson(value);
  const members = Object.entries(value).map(([key, item]) => `${stringifyJson(key)}: ${spaced(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
