/** Every scenario in the manual does what its page says: it runs without a finding, or with the one that it names. */
import { strict as assert } from 'node:assert';
import type { Diagnostic } from '../../simulator/session/scenario/scenario.ts';
import { pages, walkBlocks, type WalkBlock } from './manual.ts';
import { findingsOf } from './run-block.ts';

const severityOf: Readonly<Record<string, Diagnostic['severity']>> = {
  fails: 'error',
  warns: 'warning',
  notes: 'information',
};

function told(findings: readonly Diagnostic[]): string {
  return findings.map(({ code, range, message }) => `${String(range.line)}: ${code} ${message}`).join('\n');
}

/** The opening line says `fails`, `warns` or `notes` with a code, and then the codes of errors that come with it. */
function check({ words }: WalkBlock, findings: readonly Diagnostic[]): void {
  const [verb = '', code, ...others] = words.filter((word) => !word.includes('='));
  const expected = new Set([code, ...others]);
  const severity = severityOf[verb];
  assert(verb === '' || (severity !== undefined && code !== undefined), `the block says “${words.join(' ')}”`);
  const grave = verb === '' ? ['error', 'warning'] : ['error'];
  assert.equal(told(findings.filter((one) => grave.includes(one.severity) && !expected.has(one.code))), '');
  for (const one of others)
    assert(
      findings.some((found) => found.code === one),
      `${one} is missing`,
    );
  if (verb === '') return;
  const isFound = findings.some((found) => found.code === code && found.severity === severity);
  assert(isFound, `${String(code)} is missing:\n${told(findings)}`);
}

describe('scenarios of the manual', () => {
  for (const block of pages().flatMap(walkBlocks)) {
    const { file, line, words, text } = block;
    it(`${file}:${String(line)} ${words.join(' ')}`, async () => {
      check(block, await findingsOf(text, words));
    });
  }
});
