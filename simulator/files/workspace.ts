/** Which files a scenario may name: those in the folders that the user works in, wherever links lead. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UnreadableFile, unreadable } from './regular-file.ts';

export class Workspace {
  private readonly folders: readonly string[];

  /** Absolute folders: of the editor's workspace, or the current one. */
  constructor(folders: readonly string[]) {
    this.folders = folders;
  }

  /**
   * The real path of a file that a scenario names relative to its own folder. Throws an UnreadableFile where there is none, or
   * where it lies outside the workspace and the scenario's folder.
   */
  async locate(written: string, scenarioFolder: string): Promise<string> {
    const folders = await Promise.all([scenarioFolder, ...this.folders].map(realFolder));
    const place = path.resolve(folders[0] as string, written);
    // A path that leads out is refused before it is looked up, so that the answer tells nothing of what is there.
    if (!folders.some((folder) => isInside(place, folder))) throw outside(folders);
    const real = await realpath(place).catch(async (error: unknown) => {
      throw await unreadable(place, error);
    });
    if (folders.some((folder) => isInside(real, folder))) return real;
    throw outside(folders, real);
  }
}

/** A folder that does not exist holds nothing. */
function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}

function outside(folders: readonly string[], real?: string): UnreadableFile {
  const named = [...new Set(folders)].join(' and ');
  const what = real === undefined ? 'it is outside' : `it is a link to ${real}, which is outside`;
  return new UnreadableFile(`${what} the folders that scenarios may read from (${named}); copy it there`);
}

function isInside(place: string, folder: string): boolean {
  const way = path.relative(folder, place);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}
