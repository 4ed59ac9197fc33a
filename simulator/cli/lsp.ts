/** `pagewalk lsp --stdio`: the language server, for editors other than VS Code. */
import { companionUrl } from './companion.ts';

/** The server reads `--stdio` from the command line itself, and lives until the client goes. */
export async function lsp(): Promise<void> {
  await import(/* webpackIgnore: true */ companionUrl('server.cjs', 'simulator/language/main.ts'));
}
