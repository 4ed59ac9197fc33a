/** What somebody meant by a word that begins like a number. */

const sizes: Readonly<Record<string, string>> = {
  b: 'B', byte: 'B', bytes: 'B',
  k: 'KiB', kb: 'KiB', kib: 'KiB', ki: 'KiB',
  m: 'MiB', mb: 'MiB', mib: 'MiB', mi: 'MiB',
  g: 'GiB', gb: 'GiB', gib: 'GiB', gi: 'GiB',
}; // prettier-ignore

const times: Readonly<Record<string, string>> = {
  us: 'us', usec: 'us', usecs: 'us',
  ms: 'ms', msec: 'ms', msecs: 'ms',
  s: 's', sec: 's', secs: 's', second: 's', seconds: 's',
}; // prettier-ignore

/** Units that stand after a blank. */
const apart: Readonly<Record<string, string>> = {
  page: 'page', pages: 'pages', cycle: 'cycles', cycles: 'cycles',
}; // prettier-ignore

/** The unit as it is written, for what somebody wrote instead: `KiB` for `kb`. Null where it is none. */
export function unitMeant(word: string): { readonly unit: string; readonly isApart: boolean } | null {
  const known = (units: Readonly<Record<string, string>>): string | null => {
    const lower = word.toLowerCase();
    return Object.hasOwn(units, lower) ? (units[lower] ?? null) : null;
  };
  const unit = known(sizes) ?? known(times);
  if (unit !== null) return { unit, isApart: false };
  const behindBlank = known(apart);
  return behindBlank === null ? null : { unit: behindBlank, isApart: true };
}

/** `number` begins with a digit and is no number: what it is, and what to write. */
export function wrongNumber(number: string): string {
  const [, digits = '', word = ''] = /^([0-9][0-9_]*)([A-Za-z]*)$/.exec(number) ?? [];
  const meant = word === '' ? null : unitMeant(word);
  if (meant !== null) {
    const written = `${digits}${meant.isApart ? ' ' : ''}${meant.unit}`;
    return `\`${word}\` is not a unit${meant.isApart ? ' without a blank before it' : ''}. Did you mean \`${written}\`?`;
  }
  if (/^0[XB][0-9A-Fa-f_]+$/.test(number)) {
    const written = number.slice(0, 2).toLowerCase() + number.slice(2);
    return `\`${number}\` is not a number. Did you mean \`${written}\`?`;
  }
  return `\`${number}\` is not a number: write decimal, 0x or 0b digits, and directly after a decimal one at most a unit (B KiB MiB GiB us ms s).`;
}
