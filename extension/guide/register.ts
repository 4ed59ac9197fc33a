import * as vscode from 'vscode';
import { Command } from '../contributions.ts';
import { openExamples } from './examples.ts';
import { registerListingLinks } from './listing-link-provider.ts';
import { openManual } from './manual.ts';
import { newScenario } from './new-scenario.ts';

/** The commands that somebody needs first: the manual, the examples, a scenario of one's own. */
export function registerGuide(context: vscode.ExtensionContext): vscode.Disposable {
  const { extensionUri } = context;
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerListingLinks(context),
    registerCommand(Command.openManual, (page?: unknown) => reported(openManual(extensionUri, page))),
    registerCommand(Command.openExamples, (parent?: unknown) => reported(openExamples(extensionUri, parent))),
    registerCommand(Command.newScenario, (template?: unknown, name?: unknown) =>
      reported(newScenario(extensionUri, template, name)),
    ),
  );
}

/** A command that throws opens a modal dialog when it was chosen from the palette. */
async function reported<T>(done: Promise<T>): Promise<T | null> {
  try {
    return await done;
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    return null;
  }
}
