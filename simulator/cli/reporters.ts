/** Results of tests as people or other programs read them. */
import { styleText } from 'node:util';
import type { TestResult } from './test-results.ts';

export interface FileResult {
  readonly file: string;
  /** What it ran on; null for a file that could not run. */
  readonly kernel: string | null;
  readonly tests: readonly TestResult[];
  /** Tests that do not run on the kernel. */
  readonly skipped: number;
}

export interface Reporter {
  /** What is written as soon as a file is done; `number` counts the files from 1. */
  file(result: FileResult, number: number): string;
  end(results: readonly FileResult[]): string;
}

export const reporterNames = ['spec', 'tap', 'junit', 'json'] as const;
export type ReporterName = (typeof reporterNames)[number];

const nothing = (): string => '';

const spec: Reporter = {
  file: ({ file, kernel, tests }) =>
    [kernel === null ? file : `${file} on ${kernel}`, ...tests.map(specLine), ''].map((line) => `${line}\n`).join(''),
  end: (results) => {
    const { passed, failed } = totals(results);
    const outcome = `${String(passed)} passed, ${String(failed)} failed`;
    return `${colored(failed === 0 ? 'green' : 'red', outcome)}\n`;
  },
};

function specLine({ name, ok, message = '', line }: TestResult): string {
  if (ok) return `  ${colored('green', '✓')} ${name}`;
  return `  ${colored('red', '✗')} ${name}\n      line ${String(line)}: ${message.replace(/\n/g, '\n      ')}`;
}

function colored(color: 'green' | 'red', text: string): string {
  return styleText(color, text, { stream: process.stdout });
}

/** The Test Anything Protocol, version 14, with a list of all tests over all files. */
const tap: Reporter = {
  file: nothing,
  end: (results) => {
    const lines = ['TAP version 14', `1..${String(totals(results).all)}`];
    let number = 0;
    for (const { file, kernel, tests } of results) {
      if (kernel !== null) lines.push(`# ${file} on ${kernel}`);
      for (const test of tests) lines.push(...tapLines(file, test, ++number));
    }
    return `${lines.join('\n')}\n`;
  },
};

function tapLines(file: string, { name, ok, message, line }: TestResult, number: number): string[] {
  const title = `${file}: ${name}`.replace(/[\\#]/g, '\\$&').replace(/\s+/g, ' ');
  const first = `${ok ? 'ok' : 'not ok'} ${String(number)} - ${title}`;
  if (ok) return [first];
  const at = `${file}:${String(line)}`;
  return [first, '  ---', `  message: ${JSON.stringify(message)}`, `  at: ${JSON.stringify(at)}`, '  ...'];
}

const junit: Reporter = {
  file: nothing,
  end: (results) => {
    const { all, failed } = totals(results);
    const suites = results.map(junitSuite).join('');
    const counts = `tests="${String(all)}" failures="${String(failed)}" errors="0"`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="pagewalk" ${counts}>\n${suites}</testsuites>\n`;
  },
};

function junitSuite(result: FileResult): string {
  const { all, failed } = totals([result]);
  const counts = `tests="${String(all)}" failures="${String(failed)}" errors="0" skipped="${String(result.skipped)}"`;
  const cases = result.tests.map((test) => junitCase(result.file, test)).join('');
  const { file, kernel } = result;
  const properties =
    kernel === null ? '' : `    <properties><property name="kernel" value="${xml(kernel)}"/></properties>\n`;
  return `  <testsuite name="${xml(file)}" ${counts}>\n${properties}${cases}  </testsuite>\n`;
}

function junitCase(file: string, { name, ok, message = '', line }: TestResult): string {
  const head = `    <testcase name="${xml(name)}" classname="${xml(file)}"`;
  if (ok) return `${head}/>\n`;
  const text = xml(`${file}:${String(line)}: ${message}`);
  return `${head}>\n      <failure message="${xml(message)}">${text}</failure>\n    </testcase>\n`;
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

const json: Reporter = {
  file: nothing,
  end: (results) => {
    const { passed, failed } = totals(results);
    const files = results.map(({ file, tests }) => ({
      file,
      tests: tests.map(({ name, ok, message, line }) => ({ name, ok, message, line })),
    }));
    return `${JSON.stringify({ version: 1, passed, failed, skipped: skippedIn(results), files })}\n`;
  },
};

export const reporters: Readonly<Record<ReporterName, Reporter>> = { spec, tap, junit, json };

function totals(results: readonly FileResult[]): { all: number; passed: number; failed: number } {
  const tests = results.flatMap((result) => result.tests);
  const passed = tests.filter(({ ok }) => ok).length;
  return { all: tests.length, passed, failed: tests.length - passed };
}

function skippedIn(results: readonly FileResult[]): number {
  return results.reduce((sum, { skipped }) => sum + skipped, 0);
}
