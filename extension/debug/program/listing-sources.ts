import type { DebugProtocol } from '@vscode/debugprotocol';
import type { FunctionInfo } from '../../../simulator/execution/function-info.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import type { BreakableSource } from '../breakpoints/breakpoints.ts';
import { unknownSource } from '../protocol/errors.ts';
import { listingOf, type Listing } from './listing.ts';

/** The listings of a kernel's functions as sources of the protocol; their references stay valid for the session. */
export class ListingSources {
  private kernel: Kernel | null = null;
  private readonly references = new Map<string, number>();
  private readonly infos: FunctionInfo[] = [];
  private readonly listings = new Map<number, Listing>();

  setKernel(kernel: Kernel): void {
    this.kernel = kernel;
  }

  source(info: FunctionInfo): DebugProtocol.Source {
    const kernel = this.kernel?.name ?? 'kernel';
    return {
      name: info.name,
      path: `${kernel}/${info.name}.md`,
      sourceReference: this.reference(info),
      origin: `${this.kernel?.title ?? kernel} ${info.section}`,
    };
  }

  /** Line of a numbered step in the function's listing. */
  line(info: FunctionInfo, label: string): number {
    const listing = this.listing(this.reference(info));
    return listing.lineOfStep.get(label) ?? listing.firstLine;
  }

  /** Of the function whose listing a client names so; null for any other source. */
  infoOf(file: string): FunctionInfo | null {
    const name = new RegExp(`^${this.kernel?.name ?? ''}/(\\w+)\\.md$`).exec(file)?.[1];
    if (name === undefined) return null;
    const known = this.kernel?.functions.map(({ info }) => info).find((info) => info.name === name);
    return this.infos.find((info) => info.name === name) ?? known ?? null;
  }

  /** Where a function can stop: its numbered steps. */
  breakable(file: string): BreakableSource | null {
    const info = this.infoOf(file);
    if (info === null) return null;
    const { lineOfStep } = this.listing(this.reference(info));
    const locations = [...lineOfStep].map(([label, line]) => ({
      line,
      column: 1,
      endLine: line,
      endColumn: 1,
      step: { name: info.name, label },
    }));
    return { file, locations };
  }

  text(reference: number): string {
    return this.listing(reference).text;
  }

  /** Listings that the client has seen. */
  all(): DebugProtocol.Source[] {
    return this.infos.map((info) => this.source(info));
  }

  private reference(info: FunctionInfo): number {
    const known = this.references.get(info.name);
    if (known !== undefined) return known;
    const reference = this.infos.push(info);
    this.references.set(info.name, reference);
    return reference;
  }

  private listing(reference: number): Listing {
    const known = this.listings.get(reference);
    if (known !== undefined) return known;
    const info = this.infos[reference - 1];
    if (info === undefined) throw unknownSource(reference);
    const listing = listingOf(info, this.kernel?.title ?? '');
    this.listings.set(reference, listing);
    return listing;
  }
}
