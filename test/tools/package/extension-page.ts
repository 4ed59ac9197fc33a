// README.md as the page of the extension shows it, while the repository has no public address.
import type { Figures } from './page-figures.ts';

/** An image or a link with the text between its brackets and its target. */
const imageOrLink = /(!?)\[([^\][]*)\]\(([^()\s]+)\)/g;
/** Comments mark what is generated; a page has no use for them. */
const comment = /<!--[^]*?-->\n*/g;

/**
 * The page has no folder that a relative target could be found in. Links to files of the repository become their text, and
 * pictures become drawings in characters with a caption. Throws where a picture has no drawing.
 */
export function extensionPage(readme: string, figures: Figures): string {
  return readme.replaceAll(comment, '').replaceAll(imageOrLink, (whole, mark: string, text: string, target: string) => {
    if (/^(\w+:|#)/.test(target)) return whole;
    return mark === '' ? text : figureText(figures, target);
  });
}

function figureText(figures: Figures, target: string): string {
  const figure = figures.get(target);
  if (figure === undefined) throw new Error(`${target} has no drawing in test/tools/package/page-figures.ts`);
  return ['```text', figure.text, '```', '', `*${figure.caption}*`].join('\n');
}
