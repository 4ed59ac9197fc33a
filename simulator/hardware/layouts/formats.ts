import { Access } from '../access.ts';
import type { FaultRegisters, PagingFormat } from './paging-format.ts';
import { sv39Paging } from './sv39.ts';
import { tsarPaging } from './tsar.ts';
import { x86Paging } from './x86-32.ts';
import { x8664Paging } from './x86-64.ts';

/** Every page-table format, by the word that the machine's `paging` setting takes. */
const formats = {
  tsar: tsarPaging,
  'x86-32': x86Paging,
  'x86-64': x8664Paging,
  sv39: sv39Paging,
} as const satisfies Readonly<Record<string, PagingFormat>>;

export type Paging = keyof typeof formats;

export const pagingNames = Object.keys(formats) as readonly Paging[];

/** The format a machine's walker follows. */
export function pagingFormat(paging: Paging): PagingFormat {
  return formats[paging];
}

export function addressBitsOf({ config }: { readonly config: { readonly paging: Paging } }): number {
  return pagingFormat(config.paging).addressBits;
}

/** The registers that tell of a refused access of that kind. */
export function faultRegistersOf({ faultRegisters }: PagingFormat, access: Access): FaultRegisters {
  return access === Access.fetch ? faultRegisters.fetch : faultRegisters.data;
}

export function isPaging(word: string): word is Paging {
  return Object.hasOwn(formats, word);
}
