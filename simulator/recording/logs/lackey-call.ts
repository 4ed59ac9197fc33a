/** A system call as Valgrind prints it: `sys_mmap ( 0x0, 8192, 3, 34, 4294967295, 0 )`. */

export interface ParsedCall {
  readonly name: string;
  readonly args: readonly string[];
  readonly child: number | null;
}

/** `text` begins after `SYSCALL[PID,TID](NUMBER) `. */
export function parseCall(number: number, text: string): ParsedCall {
  const created = /created child (\d+)/.exec(text);
  const child = created === null ? null : Number(created[1]);
  if (text.startsWith('unimplemented')) return { name: `call ${String(number)}`, args: [], child };
  const open = text.indexOf('(');
  if (open < 0) return { name: nameOf(text), args: [], child };
  return { name: nameOf(text.slice(0, open)), args: splitArguments(text, open + 1), child };
}

function nameOf(text: string): string {
  return text.trim().replace(/^sys_/, '').replace(/^old_/, '');
}

/** Splits at commas up to the closing bracket; a string argument stands in brackets of its own after its address. */
function splitArguments(text: string, from: number): string[] {
  const args: string[] = [];
  let depth = 0;
  let start = from;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '(') depth++;
    else if (character === ',' && depth === 0) {
      args.push(text.slice(start, at).trim());
      start = at + 1;
    } else if (character === ')' && --depth < 0) {
      const last = text.slice(start, at).trim();
      return last === '' && args.length === 0 ? [] : [...args, last];
    }
  }
  const last = text.slice(start).trim();
  return last === '' ? args : [...args, last];
}
