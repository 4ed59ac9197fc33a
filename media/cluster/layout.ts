/** Where each cluster stands in the mesh: pure geometry, shared by tiles, links and the way that is lit. */
import type { LinkModel, MachineModel } from '../protocol/messages.ts';

export interface MeshLayout {
  /** Tiles tell what each core does; squares only the most of it. */
  readonly shape: 'tile' | 'square';
  readonly width: number;
  readonly height: number;
  readonly gap: number;
  /** Pixels of the whole mesh. */
  readonly totalWidth: number;
  readonly totalHeight: number;
  /** A square is large enough for its name. */
  readonly hasNames: boolean;
}

/** Room for the numbers of rows, left of the mesh. */
export const AXIS = 24;
const TILE_GAP = 20;
const NARROWEST_TILE = 84;
const WIDEST_TILE = 132;
const MOST_TILES = 7;
const SMALLEST = 12;
const LARGEST = 48;
/** Cores that have a row of their own in a tile. */
export const MOST_CORES = 4;

export function meshLayout({ mesh, coresPerCluster }: MachineModel, room: number): MeshLayout {
  const { width: columns, height: rows } = mesh;
  const whole = (width: number, height: number, gap: number, rest: Pick<MeshLayout, 'shape' | 'hasNames'>) => ({
    ...rest,
    width,
    height,
    gap,
    totalWidth: columns * (width + gap) - gap,
    totalHeight: rows * (height + gap) - gap,
  });
  const tile = Math.min(WIDEST_TILE, Math.floor((room - AXIS + TILE_GAP) / columns) - TILE_GAP);
  if (columns <= MOST_TILES && rows <= MOST_TILES && tile >= NARROWEST_TILE) {
    const lines = Math.min(MOST_CORES, coresPerCluster) + (coresPerCluster > MOST_CORES ? 1 : 0);
    return whole(tile, 42 + lines * 17, TILE_GAP, { shape: 'tile', hasNames: true });
  }
  const gap = columns > 8 ? 4 : 8;
  const size = Math.max(SMALLEST, Math.min(LARGEST, Math.floor((room - AXIS + gap) / columns) - gap));
  return whole(size, size, gap, { shape: 'square', hasNames: size >= 34 });
}

export interface Place {
  readonly left: number;
  readonly top: number;
}

/** Upper left corner; y grows upwards. */
export function placeOf(layout: MeshLayout, { mesh }: Pick<MachineModel, 'mesh'>, cluster: number): Place {
  const x = Math.floor(cluster / mesh.height);
  const y = cluster % mesh.height;
  return { left: x * (layout.width + layout.gap), top: (mesh.height - 1 - y) * (layout.height + layout.gap) };
}

/** The line of one direction of a link: the two directions stand beside each other, each on its right. */
export function lineOf(
  layout: MeshLayout,
  model: Pick<MachineModel, 'mesh'>,
  { from, to }: Pick<LinkModel, 'from' | 'to'>,
) {
  const [a, b] = [placeOf(layout, model, from), placeOf(layout, model, to)];
  const { width, height } = layout;
  const shift = layout.shape === 'tile' ? 7 : Math.min(3, layout.width / 6);
  const dx = Math.sign(b.left - a.left);
  const dy = Math.sign(b.top - a.top);
  const center = { x: a.left + width / 2, y: a.top + height / 2 };
  const isTile = layout.shape === 'tile';
  // Between tiles, from edge to edge; behind squares from middle to middle.
  const [fromX, fromY] = isTile ? [(dx * width) / 2, (dy * height) / 2] : [0, 0];
  const length = isTile ? layout.gap : layout.width + layout.gap;
  const x1 = center.x + fromX - dy * shift;
  const y1 = center.y + fromY + dx * shift;
  return { x1, y1, x2: x1 + dx * length, y2: y1 + dy * length, dx, dy };
}

/** Clusters on the way, both ends included: first in x, then in y, as the network routes. */
export function wayOf({ mesh: { height } }: Pick<MachineModel, 'mesh'>, from: number, to: number): number[] {
  const way = [from];
  let x = Math.floor(from / height);
  let y = from % height;
  const [endX, endY] = [Math.floor(to / height), to % height];
  for (; x !== endX; way.push(x * height + y)) x += Math.sign(endX - x);
  for (; y !== endY; way.push(x * height + y)) y += Math.sign(endY - y);
  return way;
}

/** Thicker with more messages, and never thicker than can be told apart. */
export function strokeOf(messages: number, most: number): number {
  return messages === 0 ? 1 : 1.5 + 2.5 * Math.sqrt(messages / Math.max(1, most));
}
