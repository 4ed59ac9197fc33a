/** Signature help: the parameters of the call at the cursor, with the current one marked. */
import type { LangiumDocument } from 'langium';
import type { SignatureHelpProvider } from 'langium/lsp';
import type {
  SignatureHelp,
  SignatureHelpOptions,
  SignatureHelpParams,
  SignatureInformation,
} from 'vscode-languageserver';
import type { FunctionInfo } from '../../execution/function-info.ts';
import type { CallableFunction, KernelCatalogue, Vocabulary } from '../catalogue.ts';
import { cursorAt } from './cursor.ts';
import type { CursorCall } from './cursor.ts';
import { modelOf, vocabularyOf } from './document-facts.ts';
import { parameterLabel, signatureLabel } from './function-text.ts';

export class WalkSignatureHelp implements SignatureHelpProvider {
  readonly signatureHelpOptions: SignatureHelpOptions = { triggerCharacters: ['(', ','], retriggerCharacters: [':'] };
  private readonly catalogue: KernelCatalogue;

  constructor(catalogue: KernelCatalogue) {
    this.catalogue = catalogue;
  }

  provideSignatureHelp(document: LangiumDocument, params: SignatureHelpParams): SignatureHelp | undefined {
    const { textDocument } = document;
    const offset = textDocument.offsetAt(params.position);
    return signatureHelpAt(textDocument.getText(), offset, vocabularyOf(modelOf(document), this.catalogue));
  }
}

export function signatureHelpAt(text: string, offset: number, vocabulary: Vocabulary): SignatureHelp | undefined {
  const call = cursorAt(text, offset)?.call ?? null;
  if (call === null) return undefined;
  const functions = vocabulary.functionsNamed(call.callee);
  if (functions.length === 0) return undefined;
  return { signatures: functions.map((callable) => signatureOf(callable, call)), activeSignature: 0 };
}

function signatureOf({ info }: CallableFunction, call: CursorCall): SignatureInformation {
  const active = activeParameter(info, call);
  return {
    label: signatureLabel(info),
    documentation: info.doc,
    parameters: info.parameters.map((parameter) => ({
      label: parameterLabel(parameter),
      ...(parameter.doc === undefined ? {} : { documentation: parameter.doc }),
    })),
    ...(active < 0 ? {} : { activeParameter: active }),
  };
}

function activeParameter({ parameters }: FunctionInfo, { name, names, index }: CursorCall): number {
  if (name !== null) return parameters.findIndex((parameter) => parameter.name === name);
  return names.length === 0 && index < parameters.length ? index : -1;
}
