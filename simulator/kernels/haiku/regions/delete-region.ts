/** 4.20 to 4.22: giving a region up. */
import { kernelFunction } from '../../../execution/activation.ts';
import { type VmError } from '../base/constants.ts';
import { aidParameter, getAspaceById, getRegionById } from './aspaces.ts';
import { giveUp, putRegion } from './delete.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { type Here, type Steps, type VmAddressSpace, type VmRegion } from '../base/state.ts';

/** A region of another address space is left alone, and that is no error (0.2). */
export const dropCreationReference = kernelFunction(
  {
    name: '__vm_delete_region',
    section: '4.20',
    doc: 'Drops the creation reference of a region of this address space.',
    parameters: [
      { name: 'aspace', type: { kind: 'object', type: 'vm_address_space' } },
      { name: 'region', type: { kind: 'object', type: 'vm_region' } },
    ],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'of this address space: put it' },
  },
  function* (here: Here, { aspace, region }: { aspace: VmAddressSpace; region: VmRegion }): Steps<number> {
    if (here.step('1')) yield;
    if (region.aspace !== aspace) return 0;
    giveUp(here, region);
    yield* putRegion(here, region);
    return 0;
  },
);

export const deleteRegionOf = kernelFunction(
  {
    name: '_vm_delete_region',
    section: '4.21',
    doc: 'Drops a region’s creation reference.',
    parameters: [
      { name: 'aspace', type: { kind: 'object', type: 'vm_address_space' } },
      { name: 'rid', type: { kind: 'integer' } },
    ],
    errors: ['ERR_VM_INVALID_REGION'],
    steps: { 1: 'the region', 2: '__vm_delete_region: of this address space: put it', 3: 'put it', 4: '0' },
  },
  function* (
    here: Here,
    { aspace, rid }: { aspace: VmAddressSpace; rid: number },
  ): Steps<'ERR_VM_INVALID_REGION' | void> {
    if (here.step('1')) yield;
    const region = yield* getRegionById(here, { rid });
    if (region === null) return 'ERR_VM_INVALID_REGION';
    if (here.step('2')) yield;
    yield* dropCreationReference(here, { aspace, region });
    if (here.step('3')) yield;
    yield* putRegion(here, region);
    if (here.step('4')) yield;
  },
);

export const deleteRegion = kernelFunction(
  {
    name: 'vm_delete_region',
    section: '4.22',
    doc: 'Deletes a region; it lives on while somebody else refers to it.',
    parameters: [aidParameter, { name: 'rid', type: { kind: 'integer' } }],
    result: { kind: 'integer' },
    errors: ['ERR_VM_INVALID_ASPACE', 'ERR_VM_INVALID_REGION'],
    steps: { 1: 'the address space', 2: '_vm_delete_region', 3: 'put the address space', 4: 'its result' },
  },
  function* (here: Here, { aid, rid }: { aid: number; rid: number }): Steps<number | VmError> {
    if (here.step('1')) yield;
    const aspace = yield* getAspaceById(here, { aid });
    if (aspace === null) return 'ERR_VM_INVALID_ASPACE';
    if (here.step('2')) yield;
    const error = yield* deleteRegionOf(here, { aspace, rid });
    if (here.step('3')) yield;
    yield* putAspace(here, aspace);
    if (here.step('4')) yield;
    return error ?? 0;
  },
);
