import type { Paging } from '../machine-config.ts';
import type { PagingFormat } from './paging-format.ts';
import { tsarPaging } from './tsar.ts';
import { x86Paging } from './x86-32.ts';
import { x8664Paging } from './x86-64.ts';

/** The format a machine's walker follows. */
export function pagingFormat(paging: Paging): PagingFormat {
  if (paging === 'tsar') return tsarPaging;
  return paging === 'x86-32' ? x86Paging : x8664Paging;
}
