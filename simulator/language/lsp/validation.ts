/** The static checks as the editor's diagnostics. */
import type { LangiumDocument } from 'langium';
import { DefaultDocumentValidator, URI } from 'langium';
import type { LangiumCoreServices } from 'langium';
import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { knownNames } from '../catalogue.ts';
import type { KernelCatalogue } from '../catalogue.ts';
import { checkModel } from '../checks/check-model.ts';
import type { Bounds } from '../../session/scenario/bounds.ts';
import type { Diagnostic } from '../../session/scenario/scenario.ts';
import { toRange0 } from '../source-range.ts';
import { syntaxErrors } from '../syntax.ts';
import { boundsIn } from '../live/bounds.ts';
import { fileOf, modelOf } from './document-facts.ts';

export const diagnosticSource = 'pagewalk';

export class WalkDocumentValidator extends DefaultDocumentValidator {
  private readonly catalogue: KernelCatalogue;

  private readonly settings: () => unknown;

  /** `settings` gives those under `pagewalk` as they are now. */
  constructor(services: LangiumCoreServices, catalogue: KernelCatalogue, settings: () => unknown) {
    super(services);
    this.catalogue = catalogue;
    this.settings = settings;
  }

  override validateDocument(document: LangiumDocument): Promise<LspDiagnostic[]> {
    const found = staticDiagnostics(document, this.catalogue, boundsIn(this.settings(), 'bounds'));
    return Promise.resolve(found.map((diagnostic) => toLsp(diagnostic, document)));
  }
}

function staticDiagnostics(
  document: LangiumDocument,
  catalogue: KernelCatalogue,
  bounds: Bounds,
): readonly Diagnostic[] {
  const file = fileOf(document);
  const errors = syntaxErrors(document.parseResult, file, knownNames(catalogue));
  return errors.length > 0 ? errors : checkModel(modelOf(document), file, { catalogue, bounds });
}

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
} as const;

/** Faded in the editor, because nothing needs them. */
const unnecessary: ReadonlySet<string> = new Set(['WALK107', 'WALK127']);

export function toLsp(diagnostic: Diagnostic, document: LangiumDocument): LspDiagnostic {
  const { code, severity, message, range, related = [] } = diagnostic;
  return {
    code,
    message,
    source: diagnosticSource,
    severity: severities[severity],
    range: toRange0(range),
    ...(unnecessary.has(code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    relatedInformation: related.map((line) => ({
      message: line.message,
      location: { uri: uriOf(line.range.file, document), range: toRange0(line.range) },
    })),
  };
}

function uriOf(file: string, document: LangiumDocument): string {
  return file === fileOf(document) ? document.textDocument.uri : URI.file(file).toString();
}
