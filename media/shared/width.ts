import { useLayoutEffect, useState } from 'preact/hooks';

/** The element's inner width in pixels, kept up to date. */
export function useWidth(element: { readonly current: Element | null }, before = 600): number {
  const [width, setWidth] = useState(before);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver((entries) => {
      const entry = entries.at(-1);
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element.current);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return width;
}
