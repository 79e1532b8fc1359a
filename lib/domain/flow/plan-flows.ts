import { EventLoop } from '@/lib/config/event-loop';
import type { InputIssue } from '@/lib/contracts/errors';
import {
  type FlowNodeBody,
  type FlowPolicy,
  flowNodeAlone,
  MAX_FLOW_LEVELS,
  MAX_FLOW_NODES,
} from '@/lib/contracts/flow';
import { MAX_ISSUES, toIssues } from '@/lib/contracts/issues';
import type { Backoff } from '@/lib/contracts/job';
import { newId } from '@/lib/db/ids';
import { typeDefaults } from '@/lib/domain/defaults';
import { DomainError } from '@/lib/domain/errors';
import { notValid } from '@/lib/domain/validate';
import { definitionOf, isJobType, type JobType, offeredTypes } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';

/** A node that is ready to become a row. */
export interface PlannedNode {
  id: string;
  parentId: string | null;
  depth: number;
  childIndex: number;
  childCount: number;
  name: string;
  type: JobType;
  data: unknown;
  priority: number;
  maxAttempts: number;
  backoff: Backoff;
  delayMs: number;
  policy: FlowPolicy;
}

export interface PlannedFlow {
  /** the root's id */
  id: string;
  name: string;
  type: JobType;
  levels: number;
  types: JobType[];
  /** parents before their children */
  nodes: PlannedNode[];
}

interface NodeVisit {
  body: FlowNodeBody;
  parentId: string | null;
  depth: number;
  childIndex: number;
  path: string[];
}

/**
 * Converts trees to lists of nodes and checks each node against its job type.
 * @param paths the path of each tree in the request, for error messages
 * @throws DomainError `invalid-request` (too deep, too many nodes), `unknown-job-type`, `invalid-data`
 */
export async function planFlows(trees: FlowNodeBody[], paths: string[][]): Promise<PlannedFlow[]> {
  const check = new FlowChecker();
  const planned: PlannedFlow[] = [];
  for (const [i, tree] of trees.entries()) planned.push(await planFlow(tree, paths[i] ?? ['flow'], check));
  check.refuse();
  return planned;
}

async function planFlow(root: FlowNodeBody, path: string[], check: FlowChecker): Promise<PlannedFlow> {
  const nodes: PlannedNode[] = [];
  // An explicit stack, so that deep trees can't exhaust the call stack.
  const stack: NodeVisit[] = [{ body: root, parentId: null, depth: 0, childIndex: 0, path }];
  for (let visit = stack.pop(); visit; visit = stack.pop()) {
    await check.node(visit);
    const children = visit.body.children ?? [];
    check.size(visit.depth + 1, stack.length + children.length);
    const node = planNode(visit, children.length, check);
    nodes.push(node);
    for (let i = children.length - 1; i >= 0; i -= 1) {
      const body = children[i];
      if (!body) continue;
      const at = [...visit.path, 'children', String(i)];
      stack.push({ body, parentId: node.id, depth: visit.depth + 1, childIndex: i, path: at });
    }
  }
  const [first] = nodes as [PlannedNode];
  return {
    id: first.id,
    name: first.name,
    type: first.type,
    levels: 1 + Math.max(...[0, ...new Set(nodes.map((n) => n.depth))]),
    types: [...new Set(nodes.map((n) => n.type))].sort(),
    nodes,
  };
}

function planNode({ body, path, ...place }: NodeVisit, childCount: number, check: FlowChecker): PlannedNode {
  const type = body.type as JobType;
  const data = check.data(body, path);
  const defaults = isJobType(type) ? typeDefaults(type) : undefined;
  const { priority, attempts, backoff, delay, onFailure } = body.opts ?? {};
  return {
    id: newId(),
    ...place,
    childCount,
    name: body.name,
    type,
    data,
    priority: priority ?? 0,
    maxAttempts: attempts ?? defaults?.maxAttempts ?? 1,
    backoff: backoff ?? defaults?.backoff ?? { type: 'fixed', delay: 0 },
    delayMs: delay ?? 0,
    policy: onFailure ?? 'fail-parent',
  };
}

/** Collects the errors of all trees of a request. */
class FlowChecker {
  private nodes = 0;
  private readonly eventLoop = new EventLoop();
  private unknown: InputIssue[] = [];
  private invalid: InputIssue[] = [];

  /** Validates one node. It yields to the event loop, because a request may contain very many nodes. */
  async node({ body, path }: NodeVisit): Promise<void> {
    if (this.eventLoop.due) await this.eventLoop.yield();
    const parsed = flowNodeAlone.safeParse(body);
    if (!parsed.success) throw notValid('The body', toIssues(parsed.error, path));
  }

  size(levels: number, waiting: number): void {
    this.nodes += 1;
    if (levels > MAX_FLOW_LEVELS) throw tooMuch(`A flow has at most ${MAX_FLOW_LEVELS} levels.`);
    if (this.nodes + waiting > MAX_FLOW_NODES) {
      throw tooMuch(`One request makes at most ${MAX_FLOW_NODES} nodes; a batch takes more.`);
    }
  }

  data({ type, data = {} }: FlowNodeBody, path: string[]): unknown {
    if (!isJobType(type) || definitionOf(type).internal) {
      if (this.unknown.length < MAX_ISSUES) {
        this.unknown.push({
          path: [...path, 'type'].join('.'),
          message: `must be one of ${offeredTypes().join(', ')}`,
        });
      }
      return data;
    }
    const parsed = checkInput(type, data);
    if (parsed.success) return parsed.data;
    if (this.invalid.length < MAX_ISSUES) this.invalid.push(...toIssues(parsed.error, [...path, 'data']));
    return data;
  }

  refuse(): void {
    const [unknown] = this.unknown;
    if (unknown) {
      throw new DomainError('unknown-job-type', `${unknown.path}: ${unknown.message}. Nothing was stored.`, {
        errors: this.unknown,
      });
    }
    if (this.invalid.length > 0) {
      throw new DomainError('invalid-data', 'The data of a node does not fit its job type. Nothing was stored.', {
        errors: this.invalid.slice(0, MAX_ISSUES),
      });
    }
  }
}

const tooMuch = (message: string): DomainError => new DomainError('invalid-request', `${message} Nothing was stored.`);
