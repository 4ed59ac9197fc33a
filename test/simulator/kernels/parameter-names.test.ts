/** Functions have the parameters of their specification, by its names and in its order; out-parameters are not passed. */
import { strict as assert } from 'node:assert';
import { kernels } from '../../../simulator/kernels/registry.ts';

const specified: Readonly<Record<string, string>> = {
  'vm-region': `
    vm_region_type_init() vm_region_cast(obj) vm_region_create(parent, name, name_len, offset, region_len, prot)
    vm_region_kill(region, lock_flags) region_kill(handle)
    vm_region_map_object(region, region_offset, object, object_offset, length, prot)
    vm_region_unmap(region, region_offset, length) vm_region_validate_access(region, offset, len, prot)
    vm_region_demand_map(region, addr, flags) vm_region_get_base_address(region) vm_region_dump(region)
    vm_region_read_kernel(src_region, src_ptr, count, dest)
    vm_region_memmove(dest_region, dest_ptr, src_region, src_ptr, count)
    vm_region_memmove_v(dest_region, dest_offset, dest, nr_dest, src_region, src_offset, src, nr_src, bytes_to_move)
    vm_object_create(name, name_len, size, prot) vm_object_get_page(obj, off, flags) vm_object_read(obj, off, len)
    vm_object_write(obj, off, buf, len) vm_object_truncate(obj, new_size) vm_object_clone(obj, off, len)
    handle_open(obj) handle_dup(h) handle_close(h) obj(h)
    vm_region_lock(region) vm_region_unlock(region) vm_region_lock_irqsave(region)
    vm_region_unlock_irqrestore(region, lock_flags) vm_region_lock_pair(a, b) vm_region_unlock_pair(a, b)`,
  haiku: `
    region_compare(r, id) region_hash(r, id, range) aspace_compare(a, id) aspace_hash(a, id, range)
    vm_create_anonymous_region(aid, name, address, addr_type, size, wiring, lock)
    vm_clone_region(aid, name, address, addr_type, source_region, mapping, lock)
    vm_cache_insert_page(ref, page, off) vm_page_set_state(page, s) page_hash_func(p, key, range)
    user_memset(s, c, count) scan_pages(aspace, target)`,
  lunaix: `
    vmm_set_mapping(mnt, va, pa, attr, options) region_add(list, r) mem_has_overlap(list, s, e)
    mem_unmap(mnt, list, addr, length) mem_sync_pages(mnt, r, start, length, options)
    procvm_enter_remote_transaction(mm, vm_mnt, remote_base, size) procvm_copy_remote(rvmctx, remote_dest, local_src, sz)
    intr_routine_page_fault(err, va) procvm_cleanup(vm_mnt, proc)`,
  'almos-mkh': `
    vmm_get_pte(process, vpn, cow) vmm_global_update_pte(process, vpn, attr, ppn) vmm_v2p_translate(ident, ptr)
    vmm_create_vseg(process, type, base, size, file_offset, file_size, mapper_xp, cxy)
    vmm_copy(dst_process, src_process) vmm_set_cow(process, thread_xp) sys_munmap(va, len)`,
};

describe('the parameters of kernel functions', () => {
  for (const kernel of kernels) {
    for (const [, name = '', list = ''] of (specified[kernel.name] ?? '').matchAll(/(\w+)\(([^)]*)\)/g)) {
      it(`${kernel.name}: ${name}(${list})`, () => {
        const info = kernel.functions.map((each) => each.info).find((each) => each.name === name);
        assert.deepEqual(info?.parameters.map((parameter) => parameter.name).join(', '), list);
      });
    }
  }
});
