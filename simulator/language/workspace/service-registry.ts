/** Every document belongs to the one language: what a client opens here it means to be a scenario, however it is called. */
import { DefaultServiceRegistry, UriUtils, type LangiumCoreServices, type URI } from 'langium';

export class WalkServiceRegistry extends DefaultServiceRegistry {
  override getServices(uri: URI): LangiumCoreServices {
    const [language] = this.languageIdMap.values();
    return language ?? super.getServices(uri);
  }

  /** What is looked for in folders: the extension in any case of its letters. */
  override hasServices(uri: URI): boolean {
    return this.textDocuments?.get(uri) !== undefined || this.fileExtensionMap.has(UriUtils.extname(uri).toLowerCase());
  }
}
