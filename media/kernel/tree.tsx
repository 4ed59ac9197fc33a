/** A tree that folds. One stop for Tab, then the arrow keys. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { KernelViewModel } from '../protocol/messages.ts';
import { Mark, Tone } from './mark.tsx';
import { foldKey, markOf, moveInTree, rowsOfTree, type TreeRow } from './state.ts';
import { fold, moveCursor, state } from './store.ts';

type TreeModel = KernelViewModel & { shape: 'tree' };

export function Tree({ view }: { view: TreeModel }): JSX.Element {
  const rows = rowsOfTree(view, state.value.folded);
  const wanted = state.value.cursors[view.id] ?? '';
  const cursor = (rows.find(({ node }) => node.id === wanted) ?? rows[0])?.node.id ?? '';
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wanted !== '') body.current?.querySelector('.node.active')?.scrollIntoView({ block: 'nearest' });
  }, [wanted]);
  return (
    <div
      ref={body}
      class="tree"
      role="tree"
      tabIndex={0}
      aria-label={`${view.title}: arrow keys move, left and right fold`}
      {...(cursor === '' ? {} : { 'aria-activedescendant': nodeId(view, cursor) })}
      onKeyDown={(event) => {
        onKey(event, view, rows, cursor);
      }}
    >
      {rows.map((row) => (
        <Node key={row.node.id} view={view} row={row} isActive={row.node.id === cursor} />
      ))}
    </div>
  );
}

function nodeId(view: TreeModel, node: string): string {
  return `node-${view.id}-${node}`.replace(/\s+/g, '_');
}

function onKey(event: KeyboardEvent, view: TreeModel, rows: readonly TreeRow[], cursor: string): void {
  const move = moveInTree(rows, cursor, event.key);
  if (move === null) return;
  if ('cursor' in move) moveCursor(view.id, move.cursor);
  else fold(foldKey(view.id, move.fold), move.isFolded);
  event.preventDefault();
}

function Node({ view, row, isActive }: { view: TreeModel; row: TreeRow; isActive: boolean }): JSX.Element {
  const { node, level, position, siblings, isFolded } = row;
  const hasChildren = node.children.length > 0;
  const mark = markOf(view, node.id);
  const classes = ['node', `tone-${node.tone}`, ...(isActive ? ['active'] : []), ...(mark === null ? [] : ['marked'])];
  return (
    <div
      id={nodeId(view, node.id)}
      class={classes.join(' ')}
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-selected={isActive}
      {...(hasChildren ? { 'aria-expanded': !isFolded } : {})}
      onClick={() => {
        moveCursor(view.id, node.id);
        if (hasChildren) fold(foldKey(view.id, node.id));
      }}
    >
      {Array.from({ length: level - 1 }, (_, index) => (
        <i key={index} class="guide" aria-hidden="true" />
      ))}
      <i class={hasChildren ? (isFolded ? 'twistie folded' : 'twistie') : 'leaf'} aria-hidden="true" />
      <span class="label">{node.label}</span>
      <Tone tone={node.tone} />
      <Mark mark={mark} />
      <span class="detail">{node.detail}</span>
    </div>
  );
}
