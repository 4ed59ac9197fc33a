/** All keys of a panel, on a sheet that `?` opens and closes. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Keys as they are written on them, and what they do. */
export type KeyList = readonly (readonly [keys: string, what: string])[];

const isOpen = signal(false);

export function KeySheet({ keys }: { keys: KeyList }): JSX.Element {
  const sheet = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping =
        target instanceof HTMLElement && /^(input|select|vscode-(textfield|single-select))$/i.test(target.tagName);
      if (event.key === '?' && !isTyping) isOpen.value = !isOpen.value;
      else if (event.key === 'Escape' && isOpen.value) isOpen.value = false;
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, []);
  const open = isOpen.value;
  useEffect(() => {
    if (open) sheet.current?.focus();
  }, [open]);
  return (
    <>
      <button
        type="button"
        class="key-button"
        aria-label="Keys"
        title="Keys (?)"
        aria-expanded={open}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        ?
      </button>
      {open && (
        <dialog ref={sheet} class="key-sheet" aria-label="Keys" open tabIndex={-1}>
          <h2>Keys</h2>
          <dl>
            {[...keys, ['?', 'this sheet'] as const].map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </dialog>
      )}
    </>
  );
}
