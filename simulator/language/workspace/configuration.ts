/** The settings under `pagewalk`, as the client has them. */
import { DefaultConfigurationProvider, type ConfigurationInitializedParams } from 'langium';
import type { InitializeParams } from 'vscode-languageserver';

const section = 'pagewalk';

export class WalkConfiguration extends DefaultConfigurationProvider {
  private canRegister = false;

  /** As it came; whoever reads it checks it. Undefined until the client has sent it. */
  get current(): unknown {
    return this.settings[section];
  }

  override initialize(params: InitializeParams): void {
    super.initialize(params);
    this.canRegister = params.capabilities.workspace?.didChangeConfiguration?.dynamicRegistration === true;
  }

  /** Without dynamic registration the client sends changes unasked. */
  override initialized({ register, ...params }: ConfigurationInitializedParams): Promise<void> {
    return super.initialized(this.canRegister && register !== undefined ? { ...params, register } : params);
  }

  protected override toSectionName(): string {
    return section;
  }
}
