/** Parts of a hand-written page that tables write. Each stands between two comments that name it. */

const marked = /<!-- (.+?): written by npm run docs -->\n[\s\S]*?<!-- end of \1 -->/g;

/** The page with every marked part written anew. `write` gets the part's name: `functions 4.9`. */
export function fillParts(page: string, write: (part: string) => string): string {
  return page.replaceAll(marked, (_, part: string) => markedPart(part, write(part)));
}

export function markedPart(part: string, text: string): string {
  return `<!-- ${part}: written by npm run docs -->\n\n${text.trim()}\n\n<!-- end of ${part} -->`;
}

export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text that would end a cell or its row is escaped. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
