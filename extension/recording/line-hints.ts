import path from 'node:path';
import * as vscode from 'vscode';
import { Command, DEBUG_TYPE } from '../contributions.ts';

const LANGUAGES = ['c', 'cpp'];
const SETTING = 'pagewalk.recording.lineHints';

interface LineFigures {
  readonly file: string;
  readonly line: number;
  readonly visits: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly text: string;
}

interface Counted {
  readonly counters: readonly { readonly name: string; readonly words: string }[];
  readonly lines: readonly LineFigures[];
}

/** Shows what the lines of a recorded program cost: behind each line, under the mouse, and as a list of the hottest. */
export class LineHints implements vscode.InlayHintsProvider, vscode.HoverProvider, vscode.Disposable {
  readonly onDidChangeInlayHints: vscode.Event<void>;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable;
  /** Of the last session. */
  private counted: Counted = { counters: [], lines: [] };

  constructor() {
    this.onDidChangeInlayHints = this.changed.event;
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      vscode.languages.registerInlayHintsProvider(LANGUAGES, this),
      vscode.languages.registerHoverProvider(LANGUAGES, this),
      vscode.debug.onDidStartDebugSession((session) => void this.ask(session)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(SETTING)) this.changed.fire();
      }),
      vscode.commands.registerCommand(Command.showHotLines, () => this.showHottest()),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  provideInlayHints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    if (vscode.workspace.getConfiguration().get(SETTING) === false) return [];
    return this.of(document).flatMap(({ line, text }) => {
      if (text === '' || line > document.lineCount) return [];
      const { end } = document.lineAt(line - 1).range;
      if (!range.contains(end)) return [];
      const hint = new vscode.InlayHint(end, text);
      hint.paddingLeft = true;
      return [hint];
    });
  }

  provideHover(document: vscode.TextDocument, { line }: vscode.Position): vscode.Hover | null {
    const found = this.of(document).find((one) => one.line === line + 1);
    if (found === undefined) return null;
    const rows = Object.entries(found.counts).map(([name, count]) => `| ${name} | ${count.toLocaleString('en')} |`);
    const head = `Line ${String(found.line)} began ${times(found.visits)} in the whole run.`;
    const table = rows.length === 0 ? '' : `\n\n| event | count |\n| --- | ---: |\n${rows.join('\n')}`;
    return new vscode.Hover(new vscode.MarkdownString(head + table));
  }

  private of({ uri }: vscode.TextDocument): readonly LineFigures[] {
    return this.counted.lines.filter(({ file }) => file === uri.fsPath);
  }

  private async ask(session: vscode.DebugSession): Promise<void> {
    const program: unknown = session.configuration['program'];
    if (session.type !== DEBUG_TYPE || typeof program !== 'string' || !program.endsWith('.walkrec')) return;
    try {
      this.counted = (await session.customRequest('pagewalk/lines')) as Counted;
      this.changed.fire();
    } catch {
      // It has ended meanwhile: what the last one told stays.
    }
  }

  /** First the counter, then the lines by it. */
  private async showHottest(): Promise<void> {
    const { counters, lines } = this.counted;
    const all = [...counters.map(({ name, words }) => ({ label: words, name })), { label: 'visits', name: 'visits' }];
    const of = (one: LineFigures, name: string): number => (name === 'visits' ? one.visits : (one.counts[name] ?? 0));
    const offered = all.filter(({ name }) => lines.some((line) => of(line, name) > 0));
    if (offered.length === 0) {
      void vscode.window.showInformationMessage('Debug a recording first: its lines are counted then.');
      return;
    }
    const by = await vscode.window.showQuickPick(offered, { title: 'Hot Lines', placeHolder: 'Sort lines by' });
    if (by === undefined) return;
    const sorted = lines.filter((line) => of(line, by.name) > 0).sort((one, other) => of(other, by.name) - of(one, by.name)); // prettier-ignore
    const picks = sorted.map((line) => ({
      label: `${path.basename(line.file)}:${String(line.line)}`,
      description: `${of(line, by.name).toLocaleString('en')} ${by.label}`,
      detail: line.text,
      line,
    }));
    const chosen = await vscode.window.showQuickPick(picks, { title: `Hot Lines by ${by.label}`, matchOnDescription: true }); // prettier-ignore
    if (chosen === undefined) return;
    const place = new vscode.Range(chosen.line.line - 1, 0, chosen.line.line - 1, 0);
    try {
      await vscode.window.showTextDocument(vscode.Uri.file(chosen.line.file), { selection: place });
    } catch {
      void vscode.window.showInformationMessage(`${chosen.label} is a line of the recording's view: debug it to see that.`); // prettier-ignore
    }
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count.toLocaleString('en')} times`;
}
