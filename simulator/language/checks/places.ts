/** Places that the machine has, and sizes that are whole pages. */
import type { AstNode } from 'langium';
import type { MachineConfig } from '../catalogue.ts';
import * as ast from '../generated/ast.ts';
import { parseInteger, sizeInBytes } from '../literals.ts';
import type { CheckContext } from './context.ts';
import { isArgumentsOfPrint } from './kinds.ts';

const pageSize = 4096n;

export function checkPlacesOf(node: AstNode, context: CheckContext): void {
  if (ast.isPlace(node)) {
    const [x, y] = [parseInteger(node.x), parseInteger(node.y)];
    checkPlace(node, [x, y, node.core === undefined ? null : parseInteger(node.core)], context);
  } else if (ast.isParenthesis(node) && node.items.length > 1 && !isArgumentsOfPrint(node, context)) {
    const [x, y, core] = node.items.map((item) => context.constants.of(item));
    checkPlace(node, [x ?? null, y ?? null, core ?? null], context);
  } else if (ast.isSegment(node)) {
    checkWholePages(node.size, `\`${node.kind}\``, context);
  } else if (ast.isMemorySetting(node)) {
    checkWholePages(node.size, '`memory`', context);
  } else if (ast.isCall(node)) {
    checkRounding(node, context);
  }
}

type Coordinates = readonly [x: bigint | null, y: bigint | null, core: bigint | null];

function checkPlace(node: AstNode, [x, y, core]: Coordinates, { machine, report }: CheckContext): void {
  if (machine === null) return;
  const { width, height } = machine.mesh;
  if (isOutside(x, width) || isOutside(y, height)) {
    report.error('WALK105', node, `There is no cluster ${text(node)}: ${clustersOf(machine)}.`);
  } else if (isOutside(core, machine.coresPerCluster)) {
    const last = machine.coresPerCluster - 1;
    report.error(
      'WALK105',
      node,
      `There is no core ${text(node)}: the cores of a cluster are 0${last === 0 ? ' alone' : ` to ${String(last)}`}.`,
    );
  }
}

function isOutside(coordinate: bigint | null, count: number): boolean {
  return coordinate !== null && (coordinate < 0n || coordinate >= BigInt(count));
}

function text(node: AstNode): string {
  return (node.$cstNode?.text ?? '').replace(/\s+/g, '');
}

function clustersOf({ mesh: { width, height } }: MachineConfig): string {
  const corner = `(${String(width - 1)},${String(height - 1)})`;
  const mesh = `the mesh is ${String(width)}x${String(height)}`;
  return width * height === 1 ? `${mesh}, its only cluster (0,0)` : `${mesh}, its clusters (0,0) to ${corner}`;
}

function checkWholePages(size: ast.Size, what: string, { report }: CheckContext): void {
  const bytes = sizeInBytes(size);
  if (bytes % pageSize === 0n) return;
  const below = bytes / pageSize;
  const above = `${String(below + 1n)} ${below === 0n ? 'page' : 'pages'}`;
  const nearest = below === 0n ? above : `${String(below)} ${below === 1n ? 'page' : 'pages'} or ${above}`;
  const message = `${what} of ${String(bytes)} bytes is not a multiple of the page size, 4096 bytes: write ${nearest}.`;
  report.error('WALK106', size, message);
}

const rounded: Readonly<Record<string, readonly string[]>> = {
  munmap: ['addr', 'length'],
  mprotect: ['addr', 'length'],
};

function checkRounding(call: ast.Call, { report, constants, vocabulary }: CheckContext): void {
  const parameters = rounded[call.callee];
  if (parameters === undefined || vocabulary.functionsNamed(call.callee).length > 1 || isExpectedToFail(call)) return;
  for (const [index, argument] of call.arguments.entries()) {
    const name = argument.name ?? parameters[index];
    const value = constants.of(argument.value);
    if (name === undefined || !parameters.includes(name) || value === null || value % pageSize === 0n) continue;
    const message = `${String(value)} is not page-aligned: the kernel rounds to whole pages of 4096 bytes.`;
    report.warning('WALK131', argument.value, message);
  }
}

function isExpectedToFail(call: ast.Call): boolean {
  return ast.isExpect(call.$container) && call.$container.fails;
}
