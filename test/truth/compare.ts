/** Figures of Linux and of a kernel side by side, and the reasons why a kernel's design makes them differ. */
import { reasons } from './reasons.ts';
import type { Figures, Spoken } from './replayed.ts';

export interface Measured {
  readonly program: string;
  readonly who: string;
  readonly label: string;
  readonly figure: 'faults' | 'resident' | 'shared';
  readonly kernel: string;
  readonly linux: number;
  readonly here: number;
}

export function compare(
  program: string,
  kernel: string,
  said: readonly Spoken[],
  figures: readonly Figures[],
): Measured[] {
  return said.flatMap(({ who, label, ...rest }, at) =>
    (['faults', 'resident', 'shared'] as const).flatMap((figure) => {
      const [linux, here] = [rest[figure], figures[at]?.[figure]];
      return linux === undefined || here === undefined ? [] : [{ program, who, label, figure, kernel, linux, here }];
    }),
  );
}

const nameOf = ({ program, who, label, figure }: Measured): string => `${program} ${who} ${label} ${figure}`;

/** Null for a difference that nobody has explained. */
export function reasonFor(one: Measured): string | null {
  return reasons.find(({ kernel, where }) => kernel === one.kernel && where.test(nameOf(one)))?.reason ?? null;
}

/** Reasons for which nothing differs any more. */
export function unusedReasons(differing: readonly Measured[]): string[] {
  return reasons
    .filter(({ kernel, where }) => !differing.some((one) => one.kernel === kernel && where.test(nameOf(one))))
    .map(({ kernel, where }) => `${kernel}, ${String(where)}`);
}
