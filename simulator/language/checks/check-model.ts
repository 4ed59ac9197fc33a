/** All static checks of one syntax tree. */
import type { AstNode } from 'langium';
import { AstUtils } from 'langium';
import { type Bounds, standardBounds } from '../../session/scenario/bounds.ts';
import type { Diagnostic } from '../../session/scenario/scenario.ts';
import { Vocabulary } from '../catalogue.ts';
import type { KernelCatalogue } from '../catalogue.ts';
import { defsOf, ownKernelOf } from '../defs.ts';
import { boundedFindings } from '../findings.ts';
import * as ast from '../generated/ast.ts';
import { internalError } from '../internal-error.ts';
import { checkArithmeticOf } from './arithmetic.ts';
import { checkCall, checkNeedsProcess } from './calls.ts';
import { makeContext } from './context.ts';
import type { CheckContext } from './context.ts';
import { checkDeadCodeOf } from './dead-code.ts';
import { checkDef } from './defs.ts';
import { checkKernelNames, KernelBlocks, namesKernels } from './kernel-blocks.ts';
import { checkKernelOptions } from './kernel-options.ts';
import { checkKindsOf } from './kinds.ts';
import { checkLiteralsOf } from './literals.ts';
import { checkCosts, checkPlatform } from './machine.ts';
import type { Choice } from './machine.ts';
import { checkNames } from './names.ts';
import { checkPlacesOf } from './places.ts';
import { checkReplays } from './replays.ts';
import type { ReadScenario } from './replays.ts';
import { Report } from './report.ts';
import { checkSegments, checkStructure, checkStructureOf } from './structure.ts';
import { checkValueSizeOf } from './value-sizes.ts';
import { checkVocabularyOf } from './vocabulary.ts';

export interface CheckOptions extends Choice {
  readonly catalogue: KernelCatalogue;
  /** The standard ones where nobody gives others. */
  readonly bounds?: Bounds;
  /** For scenarios that replay others. */
  readonly read?: ReadScenario;
}

/** The tree must be one that the parser found no error in. Never throws. */
export function checkModel(model: ast.Model, file: string, options: CheckOptions): readonly Diagnostic[] {
  const report = new Report(file);
  try {
    runChecks(model, options, report);
    forgetOtherKernels(model, options, report);
  } catch (error) {
    return [internalError(error, file)];
  }
  return boundedFindings(report.diagnostics, options.bounds ?? standardBounds);
}

/** On a kernel that has operations of its own, those of the file are neither used nor checked. */
function forgetOtherKernels(model: ast.Model, options: CheckOptions, report: Report): void {
  const kernels = kernelsOf(model, options);
  if (kernels.length === 0 || mayDefine(model, options)) return;
  for (const node of ownKernelOf(model)) report.forget(report.range(node));
}

/** What the file runs on, as far as it or whoever launches it says. */
function kernelsOf(model: ast.Model, { kernel: chosen }: CheckOptions): readonly string[] {
  if (chosen !== undefined) return [chosen];
  return model.statements.flatMap((node) =>
    ast.isKernelDeclaration(node) ? [node.name] : ast.isKernelsDeclaration(node) ? node.names : [],
  );
}

/** Does it run on a kernel that the file itself defines? */
function mayDefine(model: ast.Model, options: CheckOptions): boolean {
  const kernels = kernelsOf(model, options);
  const { kernels: all } = options.catalogue;
  return all.some(({ name, isDefinedByScenario }) => isDefinedByScenario === true && kernels.includes(name));
}

function runChecks(model: ast.Model, options: CheckOptions, report: Report): void {
  checkStructure(model, report);
  for (const node of AstUtils.streamAst(model)) {
    checkStructureOf(node, report);
    if (ast.isProcessStatement(node) && !mayDefine(model, options)) checkSegments(node, report);
    checkLiteralsOf(node, report);
  }
  const { kernel, machine } = checkPlatform(model, options.catalogue, options, report);
  checkCosts(model, options.catalogue, report);
  checkKernelOptions(model, kernel, report);
  const context = makeContext(model, report, new Vocabulary(options.catalogue, kernel).addDefs(defsOf(model, kernel)), {
    machine,
    bounds: options.bounds ?? standardBounds,
  });
  const blocks = new KernelBlocks(context, AstUtils.streamAst(model).some(namesKernels));
  checkNames(context, (node) => blocks.at(node));
  for (const node of AstUtils.streamAst(model)) {
    const own = blocks.at(node);
    if (namesKernels(node)) checkKernelNames(node, options.catalogue.kernels, own);
    checkNode(node, own);
  }
  checkReplays(model, report, options.read ?? (() => null));
}

function checkNode(node: AstNode, context: CheckContext): void {
  if (ast.isCall(node)) {
    checkCall(node, context);
    checkNeedsProcess(node, context);
  }
  if (ast.isDefStatement(node)) checkDef(node, context);
  checkVocabularyOf(node, context);
  checkArithmeticOf(node, context);
  checkKindsOf(node, context);
  checkValueSizeOf(node, context);
  checkPlacesOf(node, context);
  checkDeadCodeOf(node, context);
}
