/** Every function that a scenario may call by its own name, in the order of the specification. */
import type { KernelFunction } from '../../execution/activation.ts';
import { vm_region_dump } from './dump.ts';
import { handle_close, handle_dup, handle_open, obj, region_kill, vm_region_kill } from './handles.ts';
import * as objects from './object-functions.ts';
import * as regions from './region-functions.ts';
import * as locks from './region-locks.ts';
import { vm_region_validate_access } from './validate.ts';

export const functions: readonly KernelFunction<never, unknown>[] = [
  regions.vm_region_type_init, regions.vm_region_cast, regions.vm_region_create, vm_region_kill, region_kill,
  regions.vm_region_map_object, regions.vm_region_unmap, vm_region_validate_access, regions.vm_region_demand_map,
  regions.vm_region_get_base_address, vm_region_dump, regions.vm_region_read_kernel, regions.vm_region_memmove,
  regions.vm_region_memmove_v,
  objects.vm_object_create, objects.vm_object_create_physical, objects.vm_object_get_page, objects.vm_object_read,
  objects.vm_object_write, objects.vm_object_truncate, objects.vm_object_clone,
  handle_open, handle_dup, handle_close, obj,
  locks.vm_region_lock, locks.vm_region_unlock, locks.vm_region_lock_irqsave, locks.vm_region_unlock_irqrestore,
  locks.vm_region_lock_pair, locks.vm_region_unlock_pair,
] as readonly KernelFunction<never, unknown>[]; // prettier-ignore
