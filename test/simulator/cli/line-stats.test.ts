import { strict as assert } from 'node:assert';
import { figuresText, hottest, type LineFigures } from '../../../simulator/inspect/lines/line-figures.ts';
import { lineTableCsv, lineTableText, sortedLines } from '../../../simulator/cli/line-table.ts';

const lines: LineFigures[] = [
  { file: '/a/x.c', line: 3, visits: 2, counts: { 'page-fault': 1, 'pte-set': 4 } },
  { file: '/a/x.c', line: 12, visits: 1000, counts: { 'page-fault': 5, 'tlb-miss': 7 } },
  { file: '/a/y.c', line: 1, visits: 1, counts: {} },
];

describe('figures of lines', () => {
  it('are sorted by any counter, the highest first', () => {
    assert.deepEqual(hottest(lines, 'page-fault').map(({ line }) => line), [12, 3]); // prettier-ignore
    assert.deepEqual(hottest(lines, 'pte-set').map(({ line }) => line), [3]); // prettier-ignore
    assert.deepEqual(hottest(lines, 'visits').map(({ visits }) => visits), [1000, 2, 1]); // prettier-ignore
    assert.equal(sortedLines(lines, 'no-such-event'), null);
    assert.deepEqual(sortedLines(lines, 'segv'), []);
  });

  it('are a table with the columns that something is in', () => {
    assert.equal(
      lineTableText(hottest(lines, 'page-fault'), 'page-fault'),
      'line    visits  page-fault  tlb-miss\nx.c:12   1,000           5         7\nx.c:3        2           1         0\n',
    );
    assert.match(lineTableText(hottest(lines, 'pte-set'), 'pte-set'), /^line {3}visits {2}pte-set {2}page-fault\n/);
    assert.equal(lineTableCsv(lines.slice(0, 1)), 'file,line,visits,page-fault,pte-set\n/a/x.c,3,2,1,4\n');
  });

  it('are words behind a line', () => {
    assert.equal(figuresText(lines[1] as LineFigures), '5 faults, 7 TLB misses');
    assert.equal(figuresText(lines[0] as LineFigures), '1 fault');
    const copies = { file: '', line: 1, visits: 1, counts: { 'cow-fault': 3, 'page-copy': 2 } };
    assert.equal(figuresText(copies), '3 copy-on-write faults, 2 copies');
    assert.equal(figuresText(lines[2] as LineFigures), '');
  });
});
