/** The scenarios in the workspace's folders. */
import {
  DefaultWorkspaceManager,
  DocumentState,
  URI,
  UriUtils,
  type LangiumDocument,
  type LangiumSharedCoreServices,
  type Stream,
} from 'langium';

export class WalkWorkspaceManager extends DefaultWorkspaceManager {
  private readonly services: LangiumSharedCoreServices;

  constructor(services: LangiumSharedCoreServices) {
    super(services);
    this.services = services;
  }

  /** Whether a document is a file of the workspace, which is read from the disk while no editor shows it. */
  async holds(uri: URI): Promise<boolean> {
    const folder = this.folders?.find((each) => UriUtils.contains(each.uri, uri));
    if (folder === undefined) return false;
    const parents = UriUtils.relative(folder.uri, uri).split('/').slice(0, -1);
    const isVisited = parents.every((name) =>
      this.shouldIncludeEntry({ uri: URI.file(name), isDirectory: true, isFile: false }),
    );
    if (!isVisited) return false;
    try {
      return this.shouldIncludeEntry(await this.fileSystemProvider.stat(uri));
    } catch {
      return false;
    }
  }

  /** Reads nothing yet: what cannot be read shows when the file is built, and hinders no other file. */
  protected override loadWorkspaceDocuments(
    uris: Stream<URI>,
    collect: (document: LangiumDocument) => void,
  ): Promise<void> {
    for (const uri of uris) {
      const document = this.services.workspace.LangiumDocumentFactory.fromModel({ $type: 'Unread' }, uri);
      document.state = DocumentState.Changed;
      collect(document);
    }
    return Promise.resolve();
  }
}
