/**
 * Simulation while typing: a moment after the last key the scenario runs elsewhere; its findings join the static diagnostics
 * and its values the hovers. The next key cancels it.
 */
import type { LangiumDocument } from 'langium';
import { DocumentState } from 'langium';
import type { LangiumSharedServices } from 'langium/lsp';
import type { Diagnostic as LspDiagnostic, Position } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import type { KernelCatalogue } from '../catalogue.ts';
import type { Diagnostic, Scenario, SourceRange } from '../../session/scenario/scenario.ts';
import { lowerModel } from '../walk-lowering.ts';
import { fileOf, modelOf } from './document-facts.ts';
import { diagnosticSource, staticDiagnostics, toLsp } from './validation.ts';

export interface LiveResult {
  readonly diagnostics: readonly Diagnostic[];
  /** What expressions of the text were, for hovers. */
  readonly values: readonly { readonly range: SourceRange; readonly text: string }[];
  /** Set where a bound of steps or time ended the simulation early: which one, in words. */
  readonly cutShort?: string;
}

/** Runs a scenario somewhere else; rejects, or never answers, once the signal is aborted. */
export interface LiveSimulator {
  simulate(scenario: Scenario, signal: AbortSignal): Promise<LiveResult>;
}

/** Resolves after so many milliseconds; the host's clock. */
export type Delay = (milliseconds: number) => Promise<void>;

/** Long enough to type the next letter. */
const pauseMilliseconds = 250;

/** What the last finished simulation of each document found; forgotten at the next key. */
export class LiveValues {
  private readonly results = new Map<string, { readonly version: number; readonly result: LiveResult }>();

  set(document: LangiumDocument, result: LiveResult): void {
    this.results.set(document.textDocument.uri, { version: document.textDocument.version, result });
  }

  forget(uri: string): void {
    this.results.delete(uri);
  }

  /** Of the smallest expression at that position, as Markdown. */
  valueAt(document: LangiumDocument, { line, character }: Position): string | null {
    const known = this.results.get(document.textDocument.uri);
    if (known?.version !== document.textDocument.version) return null;
    const around = known.result.values.filter(({ range }) => covers(range, line + 1, character + 1));
    around.sort((a, b) => extent(a.range) - extent(b.range));
    const [value] = around;
    return value === undefined ? null : `In this run: \`${value.text}\``;
  }
}

function covers(range: SourceRange, line: number, column: number): boolean {
  const afterStart = line > range.line || (line === range.line && column >= range.column);
  const beforeEnd = line < range.endLine || (line === range.endLine && column < range.endColumn);
  return afterStart && beforeEnd;
}

function extent(range: SourceRange): number {
  return (range.endLine - range.line) * 100_000 + range.endColumn - range.column;
}

export class LiveFeedback {
  private readonly shared: LangiumSharedServices;
  private readonly catalogue: KernelCatalogue;
  private readonly simulator: LiveSimulator;
  private readonly values: LiveValues;
  private readonly delay: Delay;
  private readonly running = new Map<string, AbortController>();
  /** What was last told of each document. */
  private readonly told = new Map<string, readonly LspDiagnostic[]>();

  constructor(
    shared: LangiumSharedServices,
    catalogue: KernelCatalogue,
    simulator: LiveSimulator,
    values: LiveValues,
    delay: Delay,
  ) {
    this.shared = shared;
    this.catalogue = catalogue;
    this.simulator = simulator;
    this.values = values;
    this.delay = delay;
  }

  start(): void {
    const builder = this.shared.workspace.DocumentBuilder;
    builder.onUpdate((changed, deleted) => {
      for (const uri of [...changed, ...deleted]) this.cancel(uri.toString());
    });
    this.shared.workspace.TextDocuments.onDidClose(({ document: { uri, version } }) => {
      const told = this.told.get(uri);
      if (told !== undefined) void this.send(uri, version, told);
    });
    builder.onDocumentPhase(DocumentState.Validated, (document) => {
      void this.run(document);
    });
  }

  private cancel(uri: string): void {
    this.running.get(uri)?.abort();
    this.running.delete(uri);
    this.told.delete(uri);
    this.values.forget(uri);
  }

  private async run(document: LangiumDocument): Promise<void> {
    const { uri, version } = document.textDocument;
    this.cancel(uri);
    const found = staticDiagnostics(document, this.catalogue);
    if (found.some(({ severity }) => severity === 'error')) return;
    const controller = new AbortController();
    this.running.set(uri, controller);
    try {
      await this.delay(pauseMilliseconds);
      if (controller.signal.aborted) return;
      const result = await this.simulator.simulate(lowerModel(modelOf(document), fileOf(document)), controller.signal);
      if (!controller.signal.aborted && document.textDocument.version === version)
        await this.publish(document, found, result);
    } catch (error) {
      if (!controller.signal.aborted) this.report(error);
    } finally {
      if (this.running.get(uri) === controller) this.running.delete(uri);
    }
  }

  private async publish(document: LangiumDocument, found: readonly Diagnostic[], result: LiveResult): Promise<void> {
    this.values.set(document, result);
    const diagnostics: LspDiagnostic[] = [...found, ...result.diagnostics].map((diagnostic) =>
      toLsp(diagnostic, document),
    );
    if (result.cutShort !== undefined) diagnostics.push(cutShort(result.cutShort));
    await this.send(document.textDocument.uri, document.textDocument.version, diagnostics);
  }

  /** Remarks are for whoever reads the file: of closed ones the list of problems shows problems only. */
  private async send(uri: string, version: number, diagnostics: readonly LspDiagnostic[]): Promise<void> {
    this.told.set(uri, diagnostics);
    const isOpen = this.shared.workspace.TextDocuments.get(uri) !== undefined;
    const shown = diagnostics.filter(({ severity }) => isOpen || severity !== DiagnosticSeverity.Information);
    await this.shared.lsp.Connection?.sendDiagnostics({ uri, version, diagnostics: shown });
  }

  /** A failure of the simulator is a bug of ours: said in the log, never in the text. */
  private report(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.shared.lsp.Connection?.console.error(`The simulation while typing failed: ${reason}`);
  }
}

/** At the beginning of the file, since what it says is about the whole. */
function cutShort(reason: string): LspDiagnostic {
  const start = { line: 0, character: 0 };
  return {
    code: 'WALK220',
    source: diagnosticSource,
    severity: DiagnosticSeverity.Information,
    message: `The simulation while typing was cut short: ${reason}. Run the file to see the rest.`,
    range: { start, end: start },
  };
}
