/** 7.8: the page scrubber. */
import { kernelFunction } from '../../../execution/activation.ts';
import { PAGE_STATE_CLEAR, SCRUB_PAGES } from '../base/constants.ts';
import { clearPage, dequeue, enqueue } from '../memory/pages.ts';
import { type Here, type Steps } from '../base/state.ts';

export const scrub = kernelFunction(
  {
    name: 'page_scrubber',
    section: '7.8',
    doc: 'Clears free pages while nobody needs the core.',
    parameters: [],
    errors: [],
    steps: {
      2: 'nothing is free: sleep again',
      3: 'up to 16 pages off the free queue',
      4: 'clear one',
      5: 'onto the clear queue',
    },
  },
  function* (here: Here): Steps<void> {
    const { kernel } = here;
    const { queues, state } = kernel.pages;
    if (here.step('2')) yield;
    if (queues.page_free_queue.count === 0) return;
    if (here.step('3')) yield;
    const taken: number[] = [];
    while (taken.length < SCRUB_PAGES && queues.page_free_queue.count > 0)
      taken.push(dequeue(kernel, queues.page_free_queue));
    for (const page of taken) {
      if (here.step('4')) yield;
      yield* clearPage(here, page);
    }
    if (here.step('5')) yield;
    for (const page of taken) {
      state[page] = PAGE_STATE_CLEAR;
      enqueue(kernel, queues.page_clear_queue, page);
    }
  },
);
