import { strict as assert } from 'node:assert';
import {
  createRpcTrace,
  MOST_RPCS,
  readRecord,
  recordDone,
  recordPost,
  recordServe,
} from '../../../../simulator/kernels/almos-mkh/objects/rpc-trace.ts';
import { rpcIndex } from '../../../../simulator/kernels/almos-mkh/objects/rpc-calls.ts';
import type { RpcDesc } from '../../../../simulator/kernels/almos-mkh/objects/rpc-fifo.ts';

function post(trace: ReturnType<typeof createRpcTrace>, n: number): RpcDesc {
  const desc = {
    name: 'MAPPER_GET_PAGE', index: rpcIndex.MAPPER_GET_PAGE, args: { index: n }, time_post: n, time_done: n + 2, cluster: 0, core: 0,
    thread: `t${String(n)}`, server: 1, result: n, seq: -1,
  } as unknown as RpcDesc; // prettier-ignore
  desc.seq = recordPost(trace, desc, -1);
  return desc;
}

describe('ALMOS-MKH 8.9: the trace of RPCs', () => {
  it('keeps the latest, each as it was', () => {
    const trace = createRpcTrace();
    for (let n = 0; n < MOST_RPCS + 10; n++) {
      const desc = post(trace, n);
      recordServe(trace, desc, n + 1);
      recordDone(trace, desc);
    }
    assert.equal(trace.length, MOST_RPCS + 10);
    assert.equal(trace.threads.length, MOST_RPCS);
    assert.equal(readRecord(trace, 9), null);
    assert.equal(readRecord(trace, MOST_RPCS + 10), null);
    for (const seq of [10, MOST_RPCS - 1, MOST_RPCS, MOST_RPCS + 9]) {
      const { client_thread, args, time_post, time_serve, time_done } = readRecord(trace, seq) ?? {};
      assert.deepEqual(
        [client_thread, args?.index, time_post, time_serve, time_done],
        [`t${String(seq)}`, seq, seq, seq + 1, seq + 2],
      );
    }
  });

  it('an answer that comes after its record is gone changes no other', () => {
    const trace = createRpcTrace();
    const late = post(trace, 0);
    for (let n = 1; n <= MOST_RPCS; n++) post(trace, n);
    const before = readRecord(trace, MOST_RPCS);
    recordServe(trace, late, 7);
    recordDone(trace, late);
    assert.deepEqual(readRecord(trace, MOST_RPCS), before);
  });
});
