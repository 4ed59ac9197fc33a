/** docs/diagnostics: one page a code. Title and meaning come from the tables; the examples are written by hand. */
import { allCodes, type CodeText } from './codes.ts';
import { markedPart, table } from './marked-parts.ts';

export function pageOfCode(code: string): string {
  return `diagnostics/${code}.md`;
}

export function codePart(code: string, part: string): string {
  if (part !== 'meaning') throw new Error(`${code}: no table writes “${part}”`);
  const { title, explanation, group } = textOf(code);
  const when = group === 'text' ? 'It is found by reading the file' : 'It is found by running the file';
  return `# ${code}: ${title}\n\n${explanation}\n\n*${when}. [All codes](README.md)*`;
}

export function newCodePage(code: string): string {
  return `${markedPart('meaning', codePart(code, 'meaning'))}\n\n## Wrong\n\n## Right\n`;
}

export function codeTable(): string {
  const rows = (group: CodeText['group']): string =>
    table(
      ['code', 'what it is about'],
      [...allCodes].flatMap(([code, text]) => (text.group === group ? [[`[${code}](${code}.md)`, text.title]] : [])),
    );
  return `## From reading the file\n\n${rows('text')}\n\n## From running the file\n\n${rows('run')}`;
}

function textOf(code: string): CodeText {
  const text = allCodes.get(code);
  if (text === undefined) throw new Error(`there is no code ${code}`);
  return text;
}
