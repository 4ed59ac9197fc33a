/** Findings about the text follow the settings: what was checked under other bounds is checked again. */
import type { WalkSharedServices } from '../lsp/lsp-module.ts';
import { boundsIn } from '../live/bounds.ts';

/** Every file, the open ones and those that only their folder shows: both have their problems in the editor's list. */
export function recheckOnSettings({ workspace }: WalkSharedServices): void {
  const { ConfigurationProvider, DocumentBuilder, LangiumDocuments, WorkspaceLock } = workspace;
  const read = (): string => JSON.stringify(boundsIn(ConfigurationProvider.current, 'bounds'));
  let known = read();
  ConfigurationProvider.onConfigurationSectionUpdate(() => {
    const now = read();
    if (now === known) return;
    known = now;
    const uris = LangiumDocuments.all.map(({ uri }) => uri).toArray();
    void WorkspaceLock.write((token) => DocumentBuilder.update(uris, [], token));
  });
}
