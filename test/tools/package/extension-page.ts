// README.md as the page of the extension shows it, while the repository has no public address.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
};
/** An image or a link with the text between its brackets and its target. */
const imageOrLink = /(!?)\[([^\][]*)\]\(([^()\s]+)\)/g;
/** Comments mark what is generated; a page has no use for them. */
const comment = /<!--[^]*?-->\n*/g;

/**
 * The page has no folder that a relative target could be found in. Links to files of the repository become their text.
 * Pictures become part of the page, above their description: a viewer that refuses them, as VS Code 1.139 does, shows the
 * description alone.
 */
export function extensionPage(readme: string, root: string): string {
  return readme.replaceAll(comment, '').replaceAll(imageOrLink, (whole, mark: string, text: string, target: string) => {
    if (/^(\w+:|#)/.test(target)) return whole;
    return mark === '' ? text : `![](${pictureData(path.join(root, target))})\n\n*${text}*`;
  });
}

function pictureData(file: string): string {
  const type = types[path.extname(file)];
  if (type === undefined) throw new Error(`${file}: a page shows ${Object.keys(types).join(', ')} only`);
  return `data:${type};base64,${readFileSync(file).toString('base64')}`;
}
