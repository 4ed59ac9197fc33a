import type { Description, FromPanel, ToPanel } from '../../media/protocol/messages.ts';

/** How long a panel may take to say what it shows. */
const DESCRIBE_MILLISECONDS = 60_000;

/** Asks a panel what it shows, for tests that cannot look; null when it stays silent. */
export function describing(tell: (message: ToPanel) => void): {
  ask(): Promise<Description | null>;
  answer(message: Extract<FromPanel, { readonly type: 'description' }>): void;
} {
  const waiting = new Map<number, (description: Description) => void>();
  let nextId = 1;
  return {
    ask: () => {
      const id = nextId++;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          resolve(null);
        }, DESCRIBE_MILLISECONDS);
        waiting.set(id, (description) => {
          clearTimeout(timer);
          resolve(description);
        });
        tell({ type: 'describe', id });
      });
    },
    answer: ({ id, description }) => {
      waiting.get(id)?.(description);
      waiting.delete(id);
    },
  };
}
