import type { JSX as PreactJsx } from 'preact';

type ElementProps = PreactJsx.HTMLAttributes<HTMLElement> & Record<`on${string}`, unknown>;

declare module 'preact' {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- how JSX elements are declared
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ElementProps & { disabled?: boolean };
      'vscode-textfield': ElementProps & { label?: string; placeholder?: string; value?: string; invalid?: boolean };
      'vscode-single-select': ElementProps & { label?: string; value?: string };
      'vscode-option': ElementProps & { value?: string; selected?: boolean };
    }
  }
}
