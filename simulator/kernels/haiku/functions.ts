/** Every function that a scenario may call by its own name, in the order of the specification. */
import type { KernelFunction } from '../../execution/activation.ts';
import { aspaceFunctions } from './regions/aspaces.ts';
import { cacheFunctions } from './caches/cache-functions.ts';
import { debuggerFunctions } from './views/debugger-functions.ts';
import { createAnonymousRegion } from './regions/anonymous-region.ts';
import { cloneRegion } from './regions/clone-region.ts';
import { deleteRegion, deleteRegionOf, dropCreationReference } from './regions/delete-region.ts';
import { putRegionLocked, vm_put_region } from './regions/delete.ts';
import { hashFunctions } from './base/hash.ts';
import { vm_increase_max_commit, vm_virtual_map_lookup } from './caches/lookup.ts';
import { pageFault } from './regions/page-fault.ts';
import { scanPages } from './daemons/page-daemon.ts';
import { storeFunctions } from './caches/stores.ts';
import { userMemoryFunctions } from './regions/user-memory.ts';
import { vfsFunctions } from './caches/vfs.ts';
import { pageFunctions } from './memory/page-functions.ts';
import { createRegionStruct, findAndInsertSlot, map_backing_store } from './regions/region-core.ts';
import { createNullRegion, mapPhysicalMemory } from './regions/unpaged-region.ts';
import { mapFileInto, vm_map_file } from './regions/map-file.ts';
import { softFault } from './regions/soft-fault.ts';
import { mapFunctions } from './memory/map-functions.ts';
import { userFunctions } from './regions/user-calls.ts';
import { fromScenario } from './views/scenario-call.ts';
import { vm_get_physical_page, vm_put_physical_page } from './memory/windows.ts';

const all: readonly KernelFunction<never, unknown>[] = [
  ...hashFunctions, ...aspaceFunctions, createRegionStruct, findAndInsertSlot, map_backing_store,
  createAnonymousRegion, mapPhysicalMemory, createNullRegion, mapFileInto, vm_map_file, cloneRegion, dropCreationReference, deleteRegionOf,
  deleteRegion, putRegionLocked, vm_put_region, ...userFunctions, ...debuggerFunctions, pageFault, softFault, vm_virtual_map_lookup,
  vm_get_physical_page, vm_put_physical_page, vm_increase_max_commit, ...userMemoryFunctions, ...storeFunctions, ...vfsFunctions,
  ...cacheFunctions, ...pageFunctions, scanPages, ...mapFunctions,
]; // prettier-ignore

export const functions = all.map(fromScenario);
