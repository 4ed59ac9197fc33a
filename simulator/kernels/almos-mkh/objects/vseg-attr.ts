import { Attr, VsegFlag } from '../base/constants.ts';
import type { Vseg } from './vseg.ts';

/** MAPPED | SMALL | READABLE, and the rest from the vseg's flags. */
export function attrOfVseg({ flags }: Vseg): number {
  let attr = Attr.MAPPED | Attr.SMALL | Attr.READABLE;
  if (flags & VsegFlag.USER) attr |= Attr.USER;
  if (flags & VsegFlag.WRITE) attr |= Attr.WRITABLE;
  if (flags & VsegFlag.EXEC) attr |= Attr.EXECUTABLE;
  if (flags & VsegFlag.CACHE) attr |= Attr.CACHABLE;
  return attr;
}
