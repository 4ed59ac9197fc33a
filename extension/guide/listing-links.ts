/** Where the listing of a kernel function leads in the manual. */
import { anchorOf, headingOfSection, kernelPage, sectionMentions } from '../../simulator/language/manual-address.ts';

export interface ListingLink {
  readonly start: number;
  readonly end: number;
  /** Page of the manual, with the heading's anchor or the section behind `#`. */
  readonly page: string;
}

/** Its source leads to the function, a section, invariant or departure that its text mentions to that. `page` is the kernel's. */
export function listingLinks(listing: string, kernel: string, page: string): ListingLink[] {
  const source = sourceLink(listing, kernel, page);
  const mentions = sectionMentions(listing)
    .filter(({ at }) => source === null || at < source.start || at >= source.end)
    .filter(({ section }) => headingOfSection(page, section) !== null)
    .map(({ section, at }) => ({ start: at, end: at + section.length, page: `${kernelPage(kernel)}#${section}` }));
  return source === null ? mentions : [source, ...mentions];
}

function sourceLink(listing: string, kernel: string, page: string): ListingLink | null {
  const name = /^# ([^(\n]+)\(/.exec(listing)?.[1];
  const source = /^Source: (.*)\.$/m.exec(listing);
  if (name === undefined || source === null) return null;
  const heading = new RegExp(`^#+ ([A-Z]?\\d[\\d.]* \`${name}\`)$`, 'm').exec(page)?.[1];
  if (heading === undefined) return null;
  const start = source.index + 'Source: '.length;
  return { start, end: start + (source[1] ?? '').length, page: `${kernelPage(kernel)}#${anchorOf(heading)}` };
}
