import { anchorOf, headingOfSection } from '../../simulator/language/manual-address.ts';

/** The anchor of a page that a link names: `4.9` stands for the heading under which that section is; others are anchors. */
export function anchorIn(page: string, named: string): string {
  const heading = headingOfSection(page, named);
  return heading === null ? named : anchorOf(heading);
}
