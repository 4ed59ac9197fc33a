import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** A page that runs one bundle and nothing else: no inline script, no inline style, nothing from elsewhere. */
export function webviewHtml(
  webview: vscode.Webview,
  media: vscode.Uri,
  panel: { readonly title: string; readonly bundle: string },
): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(media, `${panel.bundle}.js`));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(media, `${panel.bundle}.css`));
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${panel.title}</title>
<link rel="stylesheet" href="${style.toString()}">
<script nonce="${nonce}" src="${script.toString()}" defer></script>
</head>
<body></body>
</html>`;
}
