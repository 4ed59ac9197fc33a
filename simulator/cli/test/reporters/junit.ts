/** JUnit's XML, as continuous integration reads it. Times are in seconds. */
import type { FileResult, TestResult } from '../results.ts';
import { nothing, skippedIn, totals, type Reporter } from './reporter.ts';

export const junit: Reporter = {
  file: nothing,
  end: (results) => {
    const suites = results.map(suite).join('');
    const head = `<testsuites name="pagewalk" ${counts(results)}>`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites}</testsuites>\n`;
  },
};

function counts(results: readonly FileResult[]): string {
  const { all, failed } = totals(results);
  const seconds = results.flatMap(({ tests }) => tests).reduce((sum, test) => sum + test.seconds, 0);
  const skipped = String(skippedIn(results));
  return `tests="${String(all)}" failures="${String(failed)}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
}

function suite(result: FileResult): string {
  const { file, kernel, tests } = result;
  const cases = tests.map((test) => testCase(file, test)).join('');
  const properties =
    kernel === null ? '' : `    <properties><property name="kernel" value="${xml(kernel)}"/></properties>\n`;
  return `  <testsuite name="${xml(file)}" ${counts([result])}>\n${properties}${cases}  </testsuite>\n`;
}

function testCase(file: string, { name, ok, message = '', code = '', line, seconds, points }: TestResult): string {
  const head = `    <testcase name="${xml(name)}" classname="${xml(file)}" time="${seconds.toFixed(3)}"`;
  const worth =
    points === undefined ? '' : `      <properties><property name="points" value="${String(points)}"/></properties>\n`;
  if (ok) return worth === '' ? `${head}/>\n` : `${head}>\n${worth}    </testcase>\n`;
  const text = xml(`${file}:${String(line)}: ${message}`);
  const failure = `      <failure type="${xml(code)}" message="${xml(message)}">${text}</failure>\n`;
  return `${head}>\n${worth}${failure}    </testcase>\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML 1.0 has no way to write most control characters, nor halves of a pair. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\n]/g, (character) => entities[character] as string);
}
