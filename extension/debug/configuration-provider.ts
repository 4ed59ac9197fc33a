import * as vscode from 'vscode';
import { boundSettings } from '../bound-settings.ts';
import {
  Command,
  DEBUG_TYPE,
  isRecordingPath,
  isScenarioPath,
  LANGUAGE_ID,
  type LaunchAttributes,
} from '../contributions.ts';

const NEW_SCENARIO = 'New Scenario';

/** Makes F5 work on a scenario or a recording that no launch.json mentions. */
export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  /** For the list of configurations that the editor offers without a launch.json. */
  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    const open = activeProgram();
    const name = open === null ? 'Debug Scenario' : `Debug ${basename(open)}`;
    return [configurationFor(open?.fsPath ?? '${file}', name)];
  }

  resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration | undefined {
    if (isEmpty(configuration)) {
      const open = activeProgram();
      if (open === null) return this.refuse('Open a .walk scenario or a recording, then start debugging.');
      return configurationFor(open.fsPath, `Debug ${basename(open)}`, configuration['noDebug'] === true);
    }
    return configuration;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const program: unknown = configuration['program'];
    if (typeof program !== 'string' || program === '') {
      return this.refuse(
        `The launch configuration '${configuration.name}' needs 'program': the scenario or recording to run.`,
      );
    }
    if (/^Untitled-\d+$/.test(program))
      return this.refuse('Save the scenario first: files that it names are found relative to it.');
    if (await isEmptyScenario(program)) {
      void offerTemplates(vscode.Uri.file(program));
      return undefined;
    }
    // Nobody has agreed yet that the workspace may raise them.
    const own: unknown = vscode.workspace.isTrusted ? configuration['bounds'] : {};
    const settings = vscode.workspace.getConfiguration('pagewalk');
    return {
      order: settings.get<string>('recording.order'),
      ...configuration,
      sourceMap: { ...settings.get<object>('sourceMap'), ...(configuration['sourceMap'] as object | undefined) },
      bounds: { ...boundSettings(), ...(own as object) },
    };
  }

  private refuse(message: string): undefined {
    // Not awaited: a session that is refused must not wait for somebody to read why.
    void vscode.window.showErrorMessage(message);
    return undefined;
  }
}

export function configurationFor(
  program: string,
  name: string,
  noDebug?: boolean,
): vscode.DebugConfiguration & LaunchAttributes {
  return {
    type: DEBUG_TYPE,
    request: 'launch',
    name,
    program,
    stopOnEntry: true,
    // The panels need the room; what stops a run is told at its line, and the console opens at the end.
    internalConsoleOptions: 'neverOpen',
    ...(noDebug === undefined ? {} : { noDebug }),
  };
}

/** The scenario or recording in front of the user; recordings may be shown by any editor. */
export function activeProgram(): vscode.Uri | null {
  const { activeTextEditor: editor } = vscode.window;
  if (editor?.document.languageId === LANGUAGE_ID) return editor.document.uri;
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = editor?.document.uri ?? uriOf(input);
  return uri !== null && (isScenarioPath(uri.path) || isRecordingPath(uri.path)) ? uri : null;
}

function uriOf(input: unknown): vscode.Uri | null {
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : null;
}

export function basename(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/** There is nothing but blanks and comments. A file that cannot be read is for the adapter to tell. */
async function isEmptyScenario(program: string): Promise<boolean> {
  if (!isScenarioPath(program)) return false;
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.file(program));
    return (
      new TextDecoder()
        .decode(bytes)
        .replaceAll(/\/\/[^\n]*/g, '')
        .trim() === ''
    );
  } catch {
    return false;
  }
}

async function offerTemplates(program: vscode.Uri): Promise<void> {
  const message = `${basename(program)} is empty: there is nothing to run. Write a scenario, or start from a template.`;
  const chosen = await vscode.window.showInformationMessage(message, NEW_SCENARIO);
  if (chosen === NEW_SCENARIO) await vscode.commands.executeCommand(Command.newScenario);
}

function isEmpty(configuration: Partial<vscode.DebugConfiguration>): boolean {
  return !configuration.type && !configuration.request && !configuration.name;
}
