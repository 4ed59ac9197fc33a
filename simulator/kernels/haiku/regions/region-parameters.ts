/** What the functions that make regions take and give. */
import type { Parameter } from '../../../execution/function-info.ts';
import { addrTypes, locks, mappings, wirings } from '../base/constants.ts';

export const nameParameter: Parameter = { name: 'name', type: { kind: 'string' } };
export const addressParameter: Parameter = { name: 'address', type: { kind: 'address' }, default: 0, inOut: true };
export const addrTypeParameter: Parameter = {
  name: 'addr_type',
  type: { kind: 'enumeration', name: 'addr_type', members: addrTypes },
  default: addrTypes.REGION_ADDR_ANY_ADDRESS,
};
export const sizeParameter: Parameter = { name: 'size', type: { kind: 'size' } };
export const wiringParameter: Parameter = {
  name: 'wiring',
  type: { kind: 'enumeration', name: 'wiring', members: wirings },
  default: wirings.REGION_WIRING_LAZY,
};
export const lockParameter: Parameter = {
  name: 'lock',
  type: { kind: 'flags', name: 'lock', members: locks },
  default: locks.LOCK_RW,
};
export const mappingParameter: Parameter = {
  name: 'mapping',
  type: { kind: 'enumeration', name: 'mapping', members: mappings },
  default: mappings.REGION_NO_PRIVATE_MAP,
};
export const creationErrors = [
  'ERR_VM_INVALID_ASPACE',
  'ERR_INVALID_ARGS',
  'ERR_NO_MEMORY',
  'ERR_VM_BAD_ADDRESS',
  'ERR_VM_NO_REGION_SLOT',
  'ERR_VM_WOULD_OVERCOMMIT',
];

/** `region_id`, and `*address` as the function leaves it. */
export interface Created {
  readonly result: number;
  readonly address: number;
}
