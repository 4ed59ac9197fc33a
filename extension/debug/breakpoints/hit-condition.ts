/** How often a breakpoint must be reached: `5` or `== 5` the fifth time, `>= 3`, `> 3`, `< 3`, `<= 3`, `% 4` every fourth time. */
export type HitCondition = (hits: number) => boolean;

/** Null for a text that is no such condition. */
export function parseHitCondition(text: string): HitCondition | null {
  const match = /^(==?|>=?|<=?|%)?\s*(\d{1,15})$/.exec(text.trim());
  if (match === null) return null;
  const bound = Number(match[2]);
  switch (match[1]) {
    case '>':
      return (hits) => hits > bound;
    case '>=':
      return (hits) => hits >= bound;
    case '<':
      return (hits) => hits < bound;
    case '<=':
      return (hits) => hits <= bound;
    case '%':
      return bound === 0 ? null : (hits) => hits % bound === 0;
    default:
      return (hits) => hits === bound;
  }
}
