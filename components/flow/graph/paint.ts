import { JOB_STATUSES, type JobStatus } from '@/lib/contracts/status';
import { type Block, CARD, type Layout, type Placed } from './layout';
import type { Item } from './view';

export const COLOR_NAMES = [
  'status-pending',
  'status-delayed',
  'status-waiting',
  'status-active',
  'status-completed',
  'status-failed',
  'status-cancelled',
  'surface',
  'line-strong',
  'ink-muted',
  'accent',
] as const;
export type Colors = Record<(typeof COLOR_NAMES)[number], string>;

/** The visible part of the graph. `x`, `y` is the position of the graph's origin on the screen, in pixels. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
  width: number;
  height: number;
}

/** The zoom below which text is unreadable, so nodes are painted on the canvas and not rendered by React. */
export const FAR = 0.5;

const nameOf = (status: JobStatus): keyof Colors =>
  `status-${status === 'waiting-children' ? 'waiting' : status}` as keyof Colors;

/** Returns the most important status of a node. In a fan, active and failed come first, then the most frequent. */
export function statusOf(item: Item): JobStatus | null {
  if (item.kind === 'job') return item.node.status;
  if (item.planned) return null;
  if (item.counts.active > 0) return 'active';
  if (item.counts.failed > 0) return 'failed';
  return JOB_STATUSES.reduce<JobStatus>(
    (most, status) => (item.counts[status] > item.counts[most] ? status : most),
    'pending',
  );
}

export const colorOf = (status: JobStatus | null, colors: Colors): string =>
  status ? colors[nameOf(status)] : colors['ink-muted'];

/** Returns the visible part of the graph, in the graph's coordinates. */
export function sight({ x, y, zoom, width, height }: Camera): [number, number, number, number] {
  return [-x / zoom, -y / zoom, (width - x) / zoom, (height - y) / zoom];
}

/** Paints every visible edge and, at low zoom, every visible node. */
export function paint(canvas: HTMLCanvasElement, layout: Layout, camera: Camera, colors: Colors): void {
  const context = canvas.getContext('2d');
  if (!context || camera.width === 0) return;
  const scale = globalThis.devicePixelRatio || 1;
  const [width, height] = [Math.round(camera.width * scale), Math.round(camera.height * scale)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(camera.zoom * scale, 0, 0, camera.zoom * scale, camera.x * scale, camera.y * scale);
  for (const block of layout.blocks) paintFrame(context, block, camera, colors);
  paintEdges(context, layout, camera, colors);
  if (camera.zoom < FAR) for (const placed of layout.placed) paintNode(context, placed, camera, colors);
}

/** Uses one path for each color and kind, so that thousands of edges need only a few strokes. */
function paintEdges(context: CanvasRenderingContext2D, layout: Layout, camera: Camera, colors: Colors): void {
  const { placed, blocks } = layout;
  const [left, top, right, bottom] = sight(camera);
  const paths = new Map<string, { path: Path2D; status: JobStatus | null; dashed: boolean }>();
  const line = (x1: number, y1: number, to: number, status: JobStatus | null, dashed: boolean): void => {
    const parent = placed[to];
    if (!parent) return;
    const [x2, y2] = [parent.x, parent.y + CARD.height / 2];
    if (x2 < left || x1 > right || Math.max(y1, y2) < top || Math.min(y1, y2) > bottom) return;
    const key = `${status} ${dashed}`;
    const held = paths.get(key) ?? { path: new Path2D(), status, dashed };
    paths.set(key, held);
    const middle = (x1 + x2) / 2;
    held.path.moveTo(x1, y1);
    held.path.bezierCurveTo(middle, y1, middle, y2, x2, y2);
  };
  for (const { item, x, y, parent, block } of placed) {
    if (block >= 0) continue;
    const dashed = item.kind === 'job' && item.node.policy !== 'fail-parent';
    line(x + CARD.width, y + CARD.height / 2, parent, statusOf(item), dashed);
  }
  for (const block of blocks) {
    line(block.x + block.width, block.y + block.height / 2, block.parent, statusOfBlock(block, placed), false);
  }
  const fine = 1 / camera.zoom;
  for (const { path, status, dashed } of paths.values()) {
    const lively = status === 'active' || status === 'failed' || status === 'completed';
    context.strokeStyle = lively ? colorOf(status, colors) : colors['line-strong'];
    context.globalAlpha = status === 'completed' ? 0.55 : 1;
    context.lineWidth = Math.max(1.25, fine * 0.75);
    context.setLineDash(dashed ? [5 * Math.max(1, fine), 4 * Math.max(1, fine)] : []);
    context.stroke(path);
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/** Paints the frame around the leaves of a block. */
function paintFrame(context: CanvasRenderingContext2D, block: Block, camera: Camera, colors: Colors): void {
  const [left, top, right, bottom] = sight(camera);
  const { x, y, width, height } = block;
  if (x > right || x + width < left || y > bottom || y + height < top) return;
  context.strokeStyle = colors['line-strong'];
  context.lineWidth = Math.max(1, 0.75 / camera.zoom);
  context.beginPath();
  context.roundRect(x, y, width, height, 10);
  context.stroke();
}

/** Returns the most important status of a block's leaves; active and failed come first. */
function statusOfBlock({ members }: Block, placed: readonly Placed[]): JobStatus | null {
  const seen = new Set(members.map((index) => (placed[index] ? statusOf(placed[index].item) : null)));
  for (const status of ['active', 'failed'] as const) if (seen.has(status)) return status;
  return seen.size === 1 && seen.has('completed') ? 'completed' : null;
}

/** Paints a node at low zoom: the shape of its status, in the size of its card. */
function paintNode(context: CanvasRenderingContext2D, { item, x, y }: Placed, camera: Camera, colors: Colors): void {
  const [left, top, right, bottom] = sight(camera);
  if (x > right || x + CARD.width < left || y > bottom || y + CARD.height < top) return;
  const status = statusOf(item);
  const { width, height } = CARD;
  const line = Math.max(2, 1.25 / camera.zoom);
  context.lineWidth = line;
  context.strokeStyle = colorOf(status, colors);
  context.fillStyle = colors.surface;
  context.beginPath();
  context.roundRect(x + line / 2, y + line / 2, width - line, height - line, status === 'failed' ? 0 : height / 4);
  context.fill();
  context.fillStyle = colorOf(status, colors);
  if (status === 'completed' || status === 'failed' || status === 'cancelled') context.fill();
  context.stroke();
  if (status === 'active') context.fillRect(x, y, width / 2, height);
  context.strokeStyle = colors.surface;
  context.lineWidth = line * 1.25;
  context.beginPath();
  if (status === 'failed') {
    context.moveTo(x + width / 2 - 14, y + height / 2 - 14);
    context.lineTo(x + width / 2 + 14, y + height / 2 + 14);
    context.moveTo(x + width / 2 + 14, y + height / 2 - 14);
    context.lineTo(x + width / 2 - 14, y + height / 2 + 14);
  } else if (status === 'cancelled') {
    context.moveTo(x + width / 2 - 20, y + height / 2);
    context.lineTo(x + width / 2 + 20, y + height / 2);
  }
  context.stroke();
}
