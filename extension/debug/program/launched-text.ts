import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from '../protocol/basename.ts';
import { FIRST_LAUNCHED_TEXT } from '../protocol/source-references.ts';
import type { Debuggee } from '../debuggee.ts';
import { toSource, type ProgramSource } from './program-sources.ts';

/** What was launched, as it was read. */
export interface LaunchedFile {
  /** As frames name it. */
  readonly file: string;
  readonly text: string;
}

/**
 * Knows whether the launched file still has the text that was launched, on disk and in the client's editor. Once it has
 * another one, its line numbers mean something else: frames then stand in the launched text, which the client gets by a
 * reference, and the client is told, once a launch.
 */
export class LaunchedText {
  private readonly debuggee: Debuggee;
  private launched: LaunchedFile | null = null;
  /** Every text that was launched in this session; a client may still show an earlier one. */
  private readonly texts: string[] = [];
  private isOtherOnDisk = false;
  /** Null while no editor has the file open, or the client does not tell. */
  private isOtherInEditor: boolean | null = null;
  private isTold = false;

  constructor(debuggee: Debuggee) {
    this.debuggee = debuggee;
  }

  /** A program was read, for the first time or anew; null for one whose text is no file. */
  launch(launched: LaunchedFile | null): void {
    this.launched = launched;
    if (launched !== null) this.texts.push(launched.text);
    this.isOtherOnDisk = false;
    this.isOtherInEditor = null;
    this.isTold = false;
  }

  /** Why lines of this file as it is now mean nothing to the session; null while they do. */
  changeOf(file: string): string | null {
    return this.isChanged && this.isLaunched(file) ? this.message : null;
  }

  /** Looks at the disk: at every stop, and when breakpoints come. */
  check(): void {
    const { launched, debuggee } = this;
    if (launched === null) return;
    this.update(() => {
      this.isOtherOnDisk = !debuggee.host.holdsNow(launched.file, launched.text);
    });
  }

  /** What the client's editor shows; null when it does not show the file any more. */
  noteEditor(file: string, isOther: boolean | null): void {
    if (!this.isLaunched(file)) return;
    this.update(() => {
      this.isOtherInEditor = isOther;
    });
  }

  source(source: ProgramSource): DebugProtocol.Source {
    if (this.changeOf(source.file) === null) return toSource(source);
    return { name: `${basename(source.file)} (as launched)`, path: source.file, sourceReference: this.reference };
  }

  text(reference: number): string | undefined {
    return this.texts[reference - FIRST_LAUNCHED_TEXT];
  }

  private get reference(): number {
    return FIRST_LAUNCHED_TEXT + this.texts.length - 1;
  }

  private get isChanged(): boolean {
    return this.isOtherInEditor ?? this.isOtherOnDisk;
  }

  private get message(): string {
    const name = basename(this.launched?.file ?? '');
    return `${name} has changed since this session started; restart to use the new text.`;
  }

  private isLaunched(file: string): boolean {
    const { host } = this.debuggee;
    return this.launched !== null && host.realPath(file) === host.realPath(this.launched.file);
  }

  private update(look: () => void): void {
    const before = this.isChanged;
    look();
    const { launched, debuggee } = this;
    if (this.isChanged === before || launched === null) return;
    debuggee.moveBreakpoints();
    debuggee.send('loadedSource', {
      reason: 'changed',
      source: { name: basename(launched.file), path: launched.file },
    });
    if (!this.isChanged || this.isTold) return;
    this.isTold = true;
    debuggee.output.write('console', this.message);
    debuggee.send('pagewalk/sourceChanged', { path: launched.file, message: this.message });
  }
}
