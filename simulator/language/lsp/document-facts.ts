/** What the editor's features need to know of a document, whether or not its tree is whole. */
import type { LangiumDocument } from 'langium';
import { Vocabulary } from '../catalogue.ts';
import type { KernelCatalogue } from '../catalogue.ts';
import { defsOf } from '../defs.ts';
import * as ast from '../generated/ast.ts';

export function modelOf(document: LangiumDocument): ast.Model {
  return document.parseResult.value as ast.Model;
}

/** The tables of the kernel that the file names. */
export function vocabularyOf(model: ast.Model, catalogue: KernelCatalogue): Vocabulary {
  const named = model.statements.find(ast.isKernelDeclaration)?.name;
  const kernel = catalogue.kernels.find(({ name }) => name === named) ?? null;
  return new Vocabulary(catalogue, kernel).addDefs(defsOf(model, kernel));
}

/** How a scenario's file is called in messages. */
export function fileOf(document: LangiumDocument): string {
  return document.uri.fsPath;
}
