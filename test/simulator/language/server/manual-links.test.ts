/** Codes of diagnostics and hovers lead into the manual, each client its own way. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { keywordPage, sharedFunctionPage } from '../../../../simulator/language/manual-address.ts';
import { keywordDocs } from '../../../../simulator/language/lsp/keyword-docs.ts';
import { commonOperations, observations } from '../../../../simulator/kernels/common-operations.ts';
import { anchors } from '../../../docs/manual.ts';
import { ServerProcess } from './server-process.ts';

const uri = 'file:///manual.walk';
const text = 'kernel lunaix\nprint procvm_create\nlet a = 1\n';
const textDocument = {
  hover: { contentFormat: ['markdown'] },
  publishDiagnostics: { codeDescriptionSupport: true },
};

/** What a client is told: the address behind a code, and what hovering over words says. */
async function told(capabilities: object, more: object = {}): Promise<{ href: string | undefined; hovers: string[] }> {
  const server = new ServerProcess();
  await server.initialize(capabilities, more);
  server.open(uri, text);
  const problems = await server.problems(uri, (published) => published.diagnostics.length > 0);
  const hovers: string[] = [];
  for (const [line, character] of [
    [0, 1],
    [0, 8],
  ] as const) {
    const answer = await server.request('textDocument/hover', { textDocument: { uri }, position: { line, character } });
    hovers.push((answer as { contents: { value: string } }).contents.value);
  }
  return { href: problems.find(({ code }) => code === 'WALK107')?.codeDescription?.href, hovers };
}

/** The page exists, and has the heading. */
function assertPage(page: string): void {
  const [file = '', anchor] = page.split('#');
  assert(existsSync(`docs/${file}`), page);
  if (anchor !== undefined) assert(anchors(readFileSync(`docs/${file}`, 'utf8')).includes(anchor), page);
}

describe('links into the manual', () => {
  it('are the command that a client names', async () => {
    const { href, hovers } = await told({ textDocument }, { initializationOptions: { openManual: 'show.it' } });
    assert.equal(href, `command:show.it?${encodeURIComponent('["diagnostics/WALK107.md"]')}`);
    assert.match(hovers[0] ?? '', /\[Manual\]\(command:show\.it\?%5B%22language%2Fmachine\.md%23kernels%22%5D\)/);
    assert.match(hovers[1] ?? '', /\(command:show\.it\?%5B%22kernels%2Flunaix\.md%22%5D\)/);
  });

  it('are the files that come with Pagewalk for others', async () => {
    const { href, hovers } = await told({ textDocument });
    assert(href !== undefined && existsSync(fileURLToPath(href)), href);
    const [, address = ''] = /\[Manual\]\((file:[^)]*)\)/.exec(hovers[1] ?? '') ?? [];
    assert(existsSync(fileURLToPath(address)), address);
  });

  it('are left out where a client shows neither', async () => {
    const { href, hovers } = await told({});
    assert.equal(href, undefined);
    for (const hover of hovers) assert.doesNotMatch(hover, /manual:|file:|command:/);
  });

  it('of words, operations and observations lead to headings that are there', () => {
    const pages = Object.keys(keywordDocs).flatMap((word) => keywordPage(word) ?? []);
    assert(pages.length > 40);
    for (const page of pages) assertPage(page);
    for (const { name } of commonOperations) assertPage(sharedFunctionPage('operation', name));
    for (const { name } of observations) assertPage(sharedFunctionPage('observation', name));
  });
});
