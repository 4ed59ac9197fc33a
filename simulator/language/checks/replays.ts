/** A file that replays itself, directly or through other scenarios, would never end. */
import { AstUtils } from 'langium';
import * as ast from '../generated/ast.ts';
import { parseSyntax } from '../syntax.ts';
import type { Report } from './report.ts';

/** Text of a scenario by its path, or null where there is none. */
export type ReadScenario = (path: string) => string | null;

export function checkReplays(model: ast.Model, report: Report, read: ReadScenario): void {
  const start = normalise(report.file);
  for (const node of replaysOf(model)) {
    const path = resolvePath(start, node.path);
    if (!reaches(path, start, read, new Set())) continue;
    const how = path === start ? 'replays itself' : `replays "${node.path}", which leads back here`;
    report.error(
      'WALK109',
      { node, property: 'path' },
      `This file ${how}: a replay takes a recording, or another scenario.`,
    );
  }
}

function reaches(path: string, goal: string, read: ReadScenario, visited: Set<string>): boolean {
  if (path === goal) return true;
  if (visited.has(path) || !path.endsWith('.walk')) return false;
  visited.add(path);
  const text = read(path);
  if (text === null) return false;
  const { model, errors } = parseSyntax(text, path);
  if (errors.length > 0) return false;
  return replaysOf(model).some((node) => reaches(resolvePath(path, node.path), goal, read, visited));
}

function replaysOf(model: ast.Model): ast.ReplayStatement[] {
  return AstUtils.streamAst(model).filter(ast.isReplayStatement).toArray();
}

/** Relative to the folder of the file that names it. */
export function resolvePath(from: string, path: string): string {
  if (path.startsWith('/')) return normalise(path);
  return normalise(`${from.slice(0, from.lastIndexOf('/') + 1)}${path}`);
}

function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== '') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
