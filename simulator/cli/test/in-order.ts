/** Passes on what comes in any order in the order of its index, each as soon as all before it have come. */
export class InOrder<T extends { readonly index: number }> {
  private readonly pass: (item: T) => void;
  private readonly early = new Map<number, T>();
  private next = 0;

  constructor(pass: (item: T) => void) {
    this.pass = pass;
  }

  add(item: T): void {
    this.early.set(item.index, item);
    for (let due = this.early.get(this.next); due !== undefined; due = this.early.get(this.next)) {
      this.early.delete(this.next++);
      this.pass(due);
    }
  }
}
