/** The Markdown that the server writes, for clients that show plain text. */

const code = /```[^\n]*\n([^]*?)\n?```|`([^`\n]+)`/g;
/** Stands for a piece of code while the text around it is stripped: no text of ours contains it. */
const placeholder = '\u{e000}';

export function plainText(markdown: string): string {
  const pieces: string[] = [];
  const held = markdown.replace(code, (_all, block: string | undefined, inline: string | undefined) => {
    pieces.push(block ?? inline ?? '');
    return placeholder;
  });
  const stripped = held
    .replace(/^ {0,3}(?:-{3,}|\*{3,})$/gm, '')
    .replace(/\*\*([^\n]+?)\*\*/g, '$1')
    .replace(/(?<![\w*])\*(?![\s*])([^*\n]+?)\*(?![\w*])/g, '$1')
    .replace(/\[([^\]\n]+)\]\(([^)\s]+)\)/g, '$1 ($2)')
    .replace(/\\([\\`*_{}[\]()#+.!-])/g, '$1')
    .replace(/ {2,}$/gm, '')
    .replace(/\n{3,}/g, '\n\n');
  let next = 0;
  return stripped.replaceAll(placeholder, () => pieces[next++] ?? '').trim();
}
