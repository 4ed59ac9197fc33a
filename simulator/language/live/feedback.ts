/**
 * Simulation while typing: a moment after the last key the scenario runs elsewhere; its findings join the static ones and its
 * values the hovers. The next key cancels it. Files that nobody shows run while there is nothing else to do.
 */
import type { LangiumDocument } from 'langium';
import { DocumentState } from 'langium';
import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import { liveBounds, type Bounds } from '../../session/scenario/bounds.ts';
import type { WalkServices, WalkSharedServices } from '../lsp/lsp-module.ts';
import { fileOf, modelOf } from '../lsp/document-facts.ts';
import { toLsp } from '../lsp/validation.ts';
import { lowerModel } from '../walk-lowering.ts';
import { boundsIn } from './bounds.ts';
import { LiveQueue } from './queue.ts';
import type { LiveResult, LiveSimulator } from './result.ts';
import type { LiveValues } from './values.ts';

/** Resolves after so many milliseconds; the host's clock. */
export type Delay = (milliseconds: number) => Promise<void>;

/** Long enough to type the next letter. */
const pauseMilliseconds = 250;

export class LiveFeedback {
  private readonly shared: WalkSharedServices;
  private readonly values: LiveValues;
  private readonly simulator: LiveSimulator;
  private readonly delay: Delay;
  private readonly queue: LiveQueue;
  private bounds = liveBounds;
  /** Rises with every key, so that the file that was edited last has the highest rank. */
  private lastRank = 0;

  constructor({ shared, values }: WalkServices, simulator: LiveSimulator, delay: Delay) {
    this.shared = shared;
    this.values = values;
    this.simulator = simulator;
    this.delay = delay;
    this.queue = new LiveQueue((error) => {
      this.report(error);
    });
  }

  start(): void {
    const builder = this.shared.workspace.DocumentBuilder;
    builder.onUpdate((changed, deleted) => {
      for (const uri of [...changed, ...deleted]) this.cancel(uri.toString());
    });
    builder.onDocumentPhase(DocumentState.Validated, (document) => {
      this.queueUp(document);
    });
    this.shared.workspace.ConfigurationProvider.onConfigurationSectionUpdate(() => {
      this.applySettings();
    });
  }

  /** What ran under other bounds runs again. */
  private applySettings(): void {
    const before = JSON.stringify(this.bounds);
    if (JSON.stringify(this.readBounds()) === before) return;
    for (const document of this.shared.workspace.LangiumDocuments.all)
      if (document.state === DocumentState.Validated) this.queueUp(document);
  }

  private readBounds(): Bounds {
    this.bounds = boundsIn(this.shared.workspace.ConfigurationProvider.current, 'live');
    return this.bounds;
  }

  private cancel(uri: string): void {
    this.queue.remove(uri);
    this.values.forget(uri);
  }

  private queueUp(document: LangiumDocument): void {
    const { uri } = document.textDocument;
    this.cancel(uri);
    const found = document.diagnostics ?? [];
    if (!this.shared.workspace.DocumentBuilder.isCurrent(document)) return;
    if (found.some(({ severity }) => severity === DiagnosticSeverity.Error)) return;
    const isOpen = this.shared.workspace.TextDocuments.get(uri) !== undefined;
    let pause = isOpen ? pauseMilliseconds : 0;
    this.queue.add({
      uri,
      rank: isOpen ? ++this.lastRank : 0,
      run: async (signal) => {
        if (pause > 0) await this.delay(pause);
        pause = 0;
        signal.throwIfAborted();
        const scenario = lowerModel(modelOf(document), fileOf(document));
        const result = await this.simulator.simulate(scenario, this.readBounds(), signal);
        signal.throwIfAborted();
        this.publish(document, found, result);
      },
    });
  }

  private publish(document: LangiumDocument, found: readonly LspDiagnostic[], result: LiveResult): void {
    this.values.set(document, result);
    const live = result.diagnostics.map((diagnostic) => toLsp(diagnostic, document));
    this.shared.lsp.Problems.tell(document, [...found, ...live]);
  }

  /** A failure of the simulator is a bug of ours: said in the log, never in the text. */
  private report(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.shared.lsp.Connection?.console.error(`The simulation while typing failed: ${reason}`);
  }
}
