/** The page of a recording as HTML without scripts: its buttons are links to commands. */
import type { ProcessSummary, RecordingSummary } from '../../simulator/files/recording-summary.ts';
import { sizeText } from '../../simulator/session/scenario/bounds.ts';
import { Command } from '../contributions.ts';

/** Commands that a recording's page may run. */
export const pageCommands = [Command.debugFile, Command.runFile, Command.compareKernels];

export type PageContent =
  | { readonly state: 'reading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'read'; readonly summary: RecordingSummary };

/** `uri` is the recording's own, for the commands; `nonce` lets the page have its style. */
export function recordingPage(uri: string, name: string, content: PageContent, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(name)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body><main>${body(uri, name, content)}</main></body>
</html>`;
}

function body(uri: string, name: string, content: PageContent): string {
  switch (content.state) {
    case 'reading':
      return `<h1>${escape(name)}</h1><p role="status">Reading the recording…</p>`;
    case 'failed':
      return `<h1>${escape(name)}</h1><p role="alert">This recording cannot be read: ${escape(content.message)}</p>`;
    case 'read':
      return summaryBody(uri, content.summary);
  }
}

function summaryBody(uri: string, { name, command, processes, files }: RecordingSummary): string {
  const sum = (of: (process: ProcessSummary) => number): number =>
    processes.reduce((total, process) => total + of(process), 0);
  const accesses = sum((process) => process.accesses);
  const calls = sum((process) => process.calls);
  const bytes = files.reduce((total, file) => total + file.bytes, 0);
  return `<h1>${escape(name)}</h1>
<p>A recording of the program <code>${escape(command)}</code>: every memory access and every system call that it made.
A kernel can run it again, step by step.</p>
<nav>${button(Command.debugFile, 'Debug', uri, 'primary')}${button(Command.runFile, 'Run', uri)}${button(Command.compareKernels, 'Compare Kernels', uri)}</nav>
<dl>
<dt>Processes</dt><dd>${count(processes.length)}</dd>
<dt>System calls</dt><dd>${count(calls)}</dd>
<dt>Memory accesses</dt><dd>${count(accesses)}</dd>
<dt>Size on disk</dt><dd>${escape(sizeText(bytes))} in ${count(files.length)} ${files.length === 1 ? 'file' : 'files'}</dd>
</dl>
<table>
<caption>Processes</caption>
<thead><tr><th scope="col">Process</th><th scope="col">Made by</th><th scope="col">System calls</th><th scope="col">Accesses</th><th scope="col">End</th></tr></thead>
<tbody>${processes.map(processRow).join('')}</tbody>
</table>
<table>
<caption>Files</caption>
<thead><tr><th scope="col">File</th><th scope="col">Size</th></tr></thead>
<tbody>${files.map((file) => `<tr><td>${escape(file.name)}</td><td>${escape(sizeText(file.bytes))}</td></tr>`).join('')}</tbody>
</table>`;
}

function processRow({ pid, parent, accesses, calls, end }: ProcessSummary): string {
  const cells = [
    String(pid),
    parent === null ? 'the shell' : String(parent),
    count(calls),
    count(accesses),
    endText(end),
  ];
  return `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;
}

function endText(end: ProcessSummary['end']): string {
  if (end === null) return 'not recorded';
  return 'signal' in end ? `killed by ${end.signal}` : `exit code ${String(end.exitCode)}`;
}

function button(command: string, title: string, uri: string, kind = ''): string {
  const args = encodeURIComponent(JSON.stringify([uri]));
  return `<a class="${kind}" href="command:${command}?${escape(args)}">${title}</a>`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const style = `
main { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.5; }
h1 { font-size: 1.6rem; font-weight: 600; margin: 0 0 0.5rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 1.2rem 0; }
nav a { padding: 0.3rem 0.9rem; border-radius: 2px; text-decoration: none;
  border: 1px solid var(--vscode-contrastBorder, transparent);
  color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
nav a:hover { background: var(--vscode-button-secondaryHoverBackground); }
nav a.primary { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
nav a.primary:hover { background: var(--vscode-button-hoverBackground); }
nav a:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.5rem; margin: 1rem 0; }
dt { color: var(--vscode-descriptionForeground); }
dd { margin: 0; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; margin: 1.5rem 0; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.3rem; }
th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, #8884)); }
th { font-weight: 600; color: var(--vscode-descriptionForeground); }
`;
