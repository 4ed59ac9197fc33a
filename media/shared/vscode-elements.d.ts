import type { HTMLAttributes } from 'preact';

type ElementProps = HTMLAttributes<HTMLElement> & Record<`on${string}`, unknown>;

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ElementProps & { disabled?: boolean };
      'vscode-textfield': ElementProps & { label?: string; placeholder?: string; value?: string; invalid?: boolean };
      'vscode-single-select': ElementProps & { label?: string; value?: string };
      'vscode-option': ElementProps & { value?: string; selected?: boolean };
    }
  }
}
