import * as vscode from 'vscode';
import { Command, DEBUG_TYPE } from './contributions.ts';

/** What the adapter tells with each stop, beside the protocol's own `stopped` event. */
interface Position {
  readonly kernel: string;
  readonly step: number;
  readonly cycle: number;
}

function isPosition(body: unknown): body is Position {
  return typeof body === 'object' && body !== null && 'kernel' in body && 'step' in body && 'cycle' in body;
}

/** Kernel and position of the active debug session. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('pagewalk.position', vscode.StatusBarAlignment.Left, 10);
  private readonly positions = new Map<string, Position>();
  private readonly subscriptions: vscode.Disposable;

  constructor() {
    this.item.name = 'Pagewalk: position';
    this.item.command = Command.showAddressSpace;
    this.subscriptions = vscode.Disposable.from(
      this.item,
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.type !== DEBUG_TYPE || event !== 'pagewalk/position' || !isPosition(body)) return;
        this.positions.set(session.id, body);
        this.show();
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => {
        this.show();
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.positions.delete(id);
        this.show();
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private show(): void {
    const position = this.positions.get(vscode.debug.activeDebugSession?.id ?? '');
    if (position === undefined) {
      this.item.hide();
      return;
    }
    const { kernel, step, cycle } = position;
    this.item.text = `$(layers) ${kernel}  step ${step.toLocaleString('en')}`;
    this.item.tooltip = `Pagewalk: ${kernel} after ${step.toLocaleString('en')} kernel steps and ${cycle.toLocaleString('en')} cycles. Show the address space.`;
    this.item.accessibilityInformation = {
      label: `Pagewalk, kernel ${kernel}, step ${String(step)}, cycle ${String(cycle)}`,
    };
    this.item.show();
  }
}
