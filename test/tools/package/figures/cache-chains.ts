// Haiku's chains of caches, as the panel of kernel structures has them.
import assert from 'node:assert/strict';
import type { KernelViewsModel, ViewNode } from '../../../../simulator/inspect/models.ts';
import { StoppedExample } from './stopped-example.ts';

export function cacheChains(): string {
  const example = new StoppedExample('haiku-cache-chain.walk');
  example.runTo('expect not pte(view + 1 page).present');
  const { views } = example.answer<KernelViewsModel>('kernelViews');
  const chains = views.find(({ title }) => title === 'Cache chains');
  assert(chains?.shape === 'tree');
  return [chains.title, ...branches(chains.nodes, '')].join('\n');
}

function branches(nodes: readonly ViewNode[], indent: string): string[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    const head = `${indent}${isLast ? '└' : '├'}─ ${node.label}  (${node.detail})`;
    return [head, ...branches(node.children, `${indent}${isLast ? ' ' : '│'}  `)];
  });
}
