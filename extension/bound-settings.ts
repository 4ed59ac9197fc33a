import * as vscode from 'vscode';
import { boundNames, type Bounds, settingToBound } from '../simulator/session/scenario/bounds.ts';

/** The bounds that the user has set, `pagewalk.bounds.NAME`; nothing for those that are left as they are. */
export function boundSettings(): Partial<Bounds> {
  const section = vscode.workspace.getConfiguration('pagewalk.bounds');
  const chosen = boundNames.flatMap((name) => {
    const value = settingToBound(name, section.get<unknown>(name));
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(chosen);
}
