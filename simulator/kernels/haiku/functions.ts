/** Every function that a scenario may call by its own name, in the order of the specification. */
import type { KernelFunction } from '../../execution/frame.ts';
import { aspaceFunctions } from './aspaces.ts';
import { cacheFunctions } from './cache-functions.ts';
import { debuggerFunctions } from './debugger-functions.ts';
import { createAnonymousRegion } from './anonymous-region.ts';
import { cloneRegion } from './clone-region.ts';
import { deleteRegion, deleteRegionOf, dropCreationReference } from './delete-region.ts';
import { putRegionLocked, vm_put_region } from './delete.ts';
import { hashFunctions } from './hash.ts';
import { vm_increase_max_commit, vm_virtual_map_lookup } from './lookup.ts';
import { pageFault } from './page-fault.ts';
import { scanPages } from './page-daemon.ts';
import { storeFunctions } from './stores.ts';
import { userMemoryFunctions } from './user-memory.ts';
import { vfsFunctions } from './vfs.ts';
import { pageFunctions } from './page-functions.ts';
import { createRegionStruct, findAndInsertSlot, map_backing_store } from './region-core.ts';
import { createNullRegion, mapPhysicalMemory } from './unpaged-region.ts';
import { mapFileInto, vm_map_file } from './map-file.ts';
import { softFault } from './soft-fault.ts';
import { mapFunctions } from './map-functions.ts';
import { userFunctions } from './user-calls.ts';
import { fromScenario } from './scenario-call.ts';
import { vm_get_physical_page, vm_put_physical_page } from './windows.ts';

const all: readonly KernelFunction<never, unknown>[] = [
  ...hashFunctions, ...aspaceFunctions, createRegionStruct, findAndInsertSlot, map_backing_store,
  createAnonymousRegion, mapPhysicalMemory, createNullRegion, mapFileInto, vm_map_file, cloneRegion, dropCreationReference, deleteRegionOf,
  deleteRegion, putRegionLocked, vm_put_region, ...userFunctions, ...debuggerFunctions, pageFault, softFault, vm_virtual_map_lookup,
  vm_get_physical_page, vm_put_physical_page, vm_increase_max_commit, ...userMemoryFunctions, ...storeFunctions, ...vfsFunctions,
  ...cacheFunctions, ...pageFunctions, scanPages, ...mapFunctions,
]; // prettier-ignore

export const functions = all.map(fromScenario);
