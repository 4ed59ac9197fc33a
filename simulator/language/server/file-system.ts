/** Scenarios of the workspace, read for the language server like everywhere else: regular files of bounded size. */
import type { URI } from 'langium';
import { type FileSystemNode } from 'langium';
import { NodeFileSystemProvider } from 'langium/node';
import { readScenario } from '../../files/read-scenario.ts';

export class BoundedFileSystem extends NodeFileSystemProvider {
  /** A file that cannot be read is empty: it must not keep the others from being checked. */
  override async readFile(uri: URI): Promise<string> {
    return readScenario(uri.fsPath).catch(() => '');
  }

  override async readDirectory(folder: URI): Promise<FileSystemNode[]> {
    return super.readDirectory(folder).catch(() => []);
  }
}
