/** The manual as its readers have it: pages, their headings and links, and the scenarios in them. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tools/paths.ts';

export interface Page {
  /** Below the repository's root, with slashes: `docs/panels.md`. */
  readonly file: string;
  readonly text: string;
}

/** Everything that ships, and what stands beside it. */
export function pages(): Page[] {
  const files = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort();
  return files.map((file) => ({
    file: file.replaceAll(path.sep, '/'),
    text: readFileSync(path.join(root, file), 'utf8'),
  }));
}

export interface WalkBlock {
  readonly file: string;
  /** Where it begins in the page, from 1. */
  readonly line: number;
  /** What follows `walk` on the opening line: `fails WALK205`. */
  readonly words: readonly string[];
  readonly text: string;
}

export function walkBlocks({ file, text }: Page): WalkBlock[] {
  return [...text.matchAll(/^```walk\b(.*)\n([\s\S]*?)^```$/gm)].map(({ index, 1: words = '', 2: block = '' }) => ({
    file,
    line: text.slice(0, index).split('\n').length,
    words: words
      .trim()
      .split(/\s+/)
      .filter((word) => word !== ''),
    text: block,
  }));
}

/** Anchors of the headings, as GitHub and VS Code make them. */
export function anchors(text: string): string[] {
  const seen = new Map<string, number>();
  return headings(text).map((heading) => {
    const slug = slugOf(heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${String(count)}`;
  });
}

export function headings(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => heading);
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** Targets of links and pictures that are not addresses on the web. */
export function localLinks(text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((target) => !/^[a-z]+:/.test(target));
}

function withoutCode(text: string): string {
  return text
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()#]/g, ''));
}
