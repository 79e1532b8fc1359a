import { z } from 'zod';
import { type FlowNodeBody, flowNodeBody, MAX_FLOW_LEVELS, MAX_FLOW_NODES } from '@/lib/contracts/flow';
import { toIssues } from '@/lib/contracts/issues';
import type { JobTypeDescription } from '@/lib/contracts/job-type';
import { lineOf } from '@/lib/contracts/json-position';
import { type ParsedJson, type Path, type Place, parseWithPlaces } from './json-places';

/** An error and its position in the text. */
export interface TextIssue extends Place {
  line: number;
  column: number;
  /** `children.0.data.durationMs`; empty for JSON syntax errors */
  path: string;
  message: string;
}

export interface Checked {
  /** the parsed flows, as far as they can be drawn; empty while the text is invalid JSON */
  flows: FlowNodeBody[];
  issues: TextIssue[];
  nodes: number;
  levels: number;
  /** number of jobs without children */
  leaves: number;
  types: string[];
}

type Known = ReadonlyMap<string, z.ZodType | null>;

const MAX_ISSUES = 100;
const NOTHING: Checked = { flows: [], issues: [], nodes: 0, levels: 0, leaves: 0, types: [] };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the input schemas of the job types; null for a schema that only the server can check. */
export function inputSchemas(types: readonly JobTypeDescription[]): Known {
  return new Map(
    types.map(({ type, inputSchema }): [string, z.ZodType | null] => {
      try {
        return [type, z.fromJSONSchema(inputSchema as Parameters<typeof z.fromJSONSchema>[0])];
      } catch {
        // The schema uses a keyword that the converter does not support. The server still checks the input.
        return [type, null];
      }
    }),
  );
}

/**
 * Parses one flow or a list of flows and checks it: JSON, the contract's schema, the job types' schemas, the limits.
 * @param known input schemas by job type; null while they are loading, which skips their check
 */
export function checkFlowText(text: string, known: Known | null): Checked {
  if (text.trim() === '') return NOTHING;
  const parsed = parseWithPlaces(text);
  if (!parsed.ok) {
    const { message, place } = parsed;
    return { ...NOTHING, issues: [{ ...place, ...lineOf(text, place.from), path: '', message }] };
  }
  const issues: TextIssue[] = [];
  const tell = (path: Path, message: string): void => {
    if (issues.length < MAX_ISSUES) issues.push(issueAt(text, parsed, path, message));
  };
  const many = Array.isArray(parsed.value);
  const roots: unknown[] = many ? (parsed.value as unknown[]) : [parsed.value];
  if (many && roots.length === 0) tell([], 'needs at least one flow');
  const seen = new Walk(known, tell);
  roots.forEach((root, index) => {
    const path = many ? [index] : [];
    const parsed = flowNodeBody.safeParse(root);
    if (!parsed.success) for (const issue of parsed.error.issues) tellZod(issue, path, tell);
    seen.visit(root, path, 1);
  });
  if (seen.nodes > MAX_FLOW_NODES)
    tell([], `has ${seen.nodes} jobs; at most ${MAX_FLOW_NODES} can be launched at once`);
  if (seen.levels > MAX_FLOW_LEVELS) tell([], `is ${seen.levels} levels deep; at most ${MAX_FLOW_LEVELS} are allowed`);
  issues.sort((a, b) => a.from - b.from);
  return {
    flows: roots.map(drawable).filter((root) => root !== null),
    issues,
    nodes: seen.nodes,
    levels: seen.levels,
    leaves: seen.leaves,
    types: [...seen.types].sort(),
  };
}

/** Converts an issue from the server to an issue with its position in the text. */
export function issueAt(text: string, parsed: ParsedJson, path: Path, message: string): TextIssue {
  const place = parsed.ok ? parsed.placeOf(path) : parsed.place;
  return { ...place, ...lineOf(text, place.from), path: path.join('.'), message };
}

function tellZod(issue: z.core.$ZodIssue, path: Path, tell: (path: Path, message: string) => void): void {
  const at = [...path, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) tell([...at, key], 'is not a known field');
    return;
  }
  for (const { message } of toIssues(new z.ZodError([issue]))) tell(at, message);
}

/** Counts the nodes and checks each node's input against its job type. */
class Walk {
  nodes = 0;
  levels = 0;
  leaves = 0;
  readonly types = new Set<string>();
  readonly #known: Known | null;
  readonly #tell: (path: Path, message: string) => void;

  constructor(known: Known | null, tell: (path: Path, message: string) => void) {
    this.#known = known;
    this.#tell = tell;
  }

  visit(node: unknown, path: Path, level: number): void {
    if (!isObject(node)) return;
    this.nodes += 1;
    this.levels = Math.max(this.levels, level);
    const children = Array.isArray(node.children) ? (node.children as unknown[]) : [];
    if (children.length === 0) this.leaves += 1;
    if (typeof node.type === 'string' && node.type !== '') this.#checkInput(node.type, node, path);
    for (const [index, child] of children.entries()) this.visit(child, [...path, 'children', index], level + 1);
  }

  #checkInput(type: string, node: Record<string, unknown>, path: Path): void {
    this.types.add(type);
    if (!this.#known) return;
    const schema = this.#known.get(type);
    if (schema === undefined) {
      const all = [...this.#known.keys()].join(', ');
      this.#tell([...path, 'type'], `is not a job type; there are ${all}`);
      return;
    }
    const parsed = schema?.safeParse(node.data ?? {});
    if (parsed && !parsed.success)
      for (const issue of parsed.error.issues) tellZod(issue, [...path, 'data'], this.#tell);
  }
}

/** Returns the drawable part of a node that may have errors; null if there is none. */
function drawable(node: unknown): FlowNodeBody | null {
  if (!isObject(node)) return null;
  const children = Array.isArray(node.children) ? node.children.map(drawable).filter((child) => child !== null) : [];
  const opts = flowNodeBody.shape.opts.safeParse(node.opts);
  return {
    name: typeof node.name === 'string' ? node.name : '',
    type: typeof node.type === 'string' ? node.type : '',
    ...(opts.success && opts.data ? { opts: opts.data } : {}),
    ...(children.length > 0 ? { children } : {}),
  };
}
