/** Where in the manual something is explained. Addresses are of files below `docs/`, with the heading behind `#`. */
import type { FunctionInfo } from '../execution/function-info.ts';

export function diagnosticPage(code: string): string {
  return `diagnostics/${code}.md`;
}

export function kernelPage(kernel: string): string {
  return `kernels/${kernel}.md`;
}

export function functionPage(kernel: string, info: FunctionInfo): string {
  return `${kernelPage(kernel)}#${functionAnchor(info)}`;
}

/** The heading `4.9 vm_region_demand_map`. */
export function functionAnchor({ section, name }: FunctionInfo): string {
  return anchorOf(`${section.split(',')[0] ?? ''} ${name}`);
}

/**
 * The heading of a kernel's page under which a section, an invariant, a departure or a choice stands: `4.9`, `I7`. Null where
 * the page has none.
 */
export function headingOfSection(page: string, section: string): string | null {
  const wanted = section.split(',')[0] ?? '';
  let last: string | null = null;
  for (const line of page.split('\n')) {
    const heading = /^#+ +(.*?) *$/.exec(line)?.[1];
    if (heading !== undefined) last = heading;
    if (heading === undefined ? isEntryOf(line, wanted) : isTitleOf(heading, wanted)) return last;
  }
  return null;
}

/** `4.9 Demand faults`, `4.1 to 4.4 Callbacks`. */
function isTitleOf(heading: string, section: string): boolean {
  return heading.startsWith(`${section} `);
}

/** `- **I7** …`, `| **D3** | …`. */
function isEntryOf(line: string, section: string): boolean {
  return line.startsWith(`- **${section}** `) || line.startsWith(`| **${section}** |`);
}

/** As GitHub and VS Code make them. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}
